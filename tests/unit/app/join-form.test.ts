import { describe, expect, test } from 'vitest';
import { routeSentence } from '../../../src/renderer/app/join/text.ts';
import {
  meetingProblem,
  nameProblem,
  shownProblem,
} from '../../../src/renderer/app/join/validation.ts';
import { routePlanOf } from '../../../src/renderer/app/meeting/route-plan.ts';
import { parseMeetingLink } from '../../../src/shared/meeting-link.ts';
import { DEFAULT_SETTINGS } from '../../../src/shared/settings.ts';

describe('the meeting field', () => {
  test.each(['team-weekly', 'https://meet.example.com/join/team-weekly', 'causeway://join/x'])(
    'takes %s',
    (input) => {
      expect(meetingProblem(input)).toBeUndefined();
    },
  );

  test.each([
    { input: '', says: /Enter a meeting link or a meeting name/ },
    { input: 'https://meet.example.com/join/', says: /name after “join\/” is missing/ },
    { input: 'ftp://x/join/y', says: /cannot be opened/ },
    { input: 'two words', says: /letters, digits, dots/ },
  ])('says what is wrong with “$input”', ({ input, says }) => {
    expect(meetingProblem(input)).toMatch(says);
  });
});

test.each([
  { name: 'Robin', problem: undefined },
  { name: '  ', problem: /Enter the name/ },
  { name: 'x'.repeat(61), problem: /longer than 60/ },
])('the name “$name”', ({ name, problem }) => {
  if (problem) expect(nameProblem(name)).toMatch(problem);
  else expect(nameProblem(name)).toBeUndefined();
});

describe('a problem is shown', () => {
  const isBad = (): string => 'bad';
  test.each([
    { when: 'in the middle of a word', value: 'htt', settled: 'ht', tried: false, shown: false },
    { when: 'when the typing rests', value: 'htt', settled: 'htt', tried: false, shown: true },
    { when: 'on an untouched field', value: '', settled: '', tried: false, shown: false },
    { when: 'at once after a try', value: '', settled: '', tried: true, shown: true },
  ])('$when: $shown', ({ value, settled, tried, shown }) => {
    expect(shownProblem(value, settled, tried, isBad)).toBe(shown ? 'bad' : undefined);
  });
});

describe('where the call will go', () => {
  const settings = { ...DEFAULT_SETTINGS, serverUrl: 'https://meet.example.com' };

  test('direct, to the server of the settings', () => {
    const plan = routePlanOf(settings, parseMeetingLink('team-weekly'));
    expect(routeSentence(plan)).toBe('Direct to meet.example.com. UDP, then TCP.');
  });

  test('to the server that the link names', () => {
    const plan = routePlanOf(settings, parseMeetingLink('https://other.example:8443/join/x'));
    expect(plan.server).toBe('other.example:8443');
  });

  test('through the first proxy, whatever the link says', () => {
    const plan = routePlanOf(
      {
        ...settings,
        preferredProtocol: 'TCP_ONLY',
        signalingBaseUrl: ['https://proxy.example.com', 'https://second.example.com'],
      },
      parseMeetingLink('https://other.example/join/x'),
    );
    expect(routeSentence(plan)).toBe(
      'Through the Cloud Proxy proxy.example.com, or the next of 2 proxies, to other.example. TCP only.',
    );
  });

  test('with a link that is not one yet: by the settings', () => {
    expect(routePlanOf(settings, parseMeetingLink('https://')).server).toBe('meet.example.com');
  });
});
