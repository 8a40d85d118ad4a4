import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMeetingLink, parseMeetingLink } from '../../../src/shared/meeting-link.ts';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJyb29tIjoiYSJ9.c2lnbmF0dXJl';

describe('a meeting link', () => {
  it.each([
    ['team-weekly', { roomId: 'team-weekly' }],
    ['  team.weekly_2 ', { roomId: 'team.weekly_2' }],
    ['causeway://join/team', { roomId: 'team' }],
    ['CAUSEWAY://join/team', { roomId: 'team' }],
    [
      `causeway://join/team?server=https://meet.example.com&token=${TOKEN}`,
      { roomId: 'team', serverUrl: 'https://meet.example.com', token: TOKEN },
    ],
    [
      'causeway://join/team?server=meet.example.com:8443',
      { roomId: 'team', serverUrl: 'https://meet.example.com:8443' },
    ],
    [
      'https://meet.example.com/join/team',
      { roomId: 'team', serverUrl: 'https://meet.example.com' },
    ],
    [
      'https://meet.example.com/join/team/',
      { roomId: 'team', serverUrl: 'https://meet.example.com' },
    ],
    [
      `https://meet.example.com/join/team#token=${TOKEN}`,
      { roomId: 'team', serverUrl: 'https://meet.example.com', token: TOKEN },
    ],
    ['meet.example.com/join/team', { roomId: 'team', serverUrl: 'https://meet.example.com' }],
    [
      'meet.example.com:8443/join/team',
      { roomId: 'team', serverUrl: 'https://meet.example.com:8443' },
    ],
    ['http://127.0.0.1:4443/join/demo', { roomId: 'demo', serverUrl: 'http://127.0.0.1:4443' }],
  ])('%s', (text, link) => {
    expect(parseMeetingLink(text)).toEqual({ ok: true, link });
  });

  it.each([
    ['', 'Enter a meeting link'],
    ['two words', 'letters, digits'],
    ['-team', 'starts with a letter or digit'],
    ['x'.repeat(65), 'longer than 64'],
    ['causeway://join/', 'names no meeting'],
    ['causeway://join', 'names no meeting'],
    ['causeway://leave/team', 'causeway://join/NAME'],
    ['causeway://join/a/b', 'letters, digits'],
    ['causeway://join/%2e%2e%2fetc', 'letters, digits'],
    ['causeway://join/team?server=http://meet.example.com', 'only allowed on this computer'],
    ['causeway://join/team?server=file:///etc/passwd', 'not allowed'],
    ['causeway://join/team?token=not-a-token', 'damaged'],
    ['https://meet.example.com/', 'names no meeting'],
    ['https://meet.example.com/join/', 'names no meeting'],
    ['https://user:pw@meet.example.com/other', 'names no meeting'],
    ['javascript:alert(1)', '“javascript:”'],
    ['file:///etc/passwd', '“file:”'],
    [`causeway://join/${'x'.repeat(9000)}`, 'too long'],
  ])('%s is refused: %s', (text, words) => {
    const result = parseMeetingLink(text);
    expect(result).toMatchObject({ ok: false });
    if (!result.ok) expect(result.problem).toContain(words);
  });

  it('is formed so that it reads back as what it was', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
    fc.assert(
      fc.property(name, fc.boolean(), fc.boolean(), (roomId, withServer, withToken) => {
        const link = {
          roomId,
          ...(withServer ? { serverUrl: 'https://meet.example.com:8443' } : {}),
          ...(withToken ? { token: TOKEN } : {}),
        };
        expect(parseMeetingLink(formatMeetingLink(link))).toEqual({ ok: true, link });
      }),
    );
  });

  it('never throws, whatever is pasted', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((s) => `causeway://${s}`),
        ),
        (text) => {
          expect(typeof parseMeetingLink(text).ok).toBe('boolean');
        },
      ),
      { numRuns: 3000 },
    );
  });
});
