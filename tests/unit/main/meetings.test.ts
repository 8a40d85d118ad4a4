import { beforeEach, describe, expect, it } from 'vitest';
import { Meetings } from '../../../src/main/meetings/meetings.ts';
import { allowsUrl } from '../../../src/main/security/network-policy.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../src/shared/settings.ts';
import { NO_POLICY, type PolicyStatus } from '../../../src/shared/settings/policy-status.ts';

let settings: Settings;
let policy: PolicyStatus;
let events: string[];

beforeEach(() => {
  settings = { ...DEFAULT_SETTINGS, serverUrl: 'https://meet.example.com' };
  policy = NO_POLICY;
  events = [];
});

const open = (first?: { input: string; autoJoin: boolean }) =>
  new Meetings(
    {
      settings: () => ({ values: settings, policy }),
      reloadDocument: () => events.push('reload'),
      announce: () => events.push('announce'),
    },
    first,
  );
const ofServer = (serverUrl: string, roomId = 'weekly') => ({
  roomId,
  serverUrl,
  preferredProtocol: 'UDP_OVER_TCP',
  signalingBaseUrl: [],
});

describe('opening a meeting', () => {
  it('is ready at once where the document may reach its server', () => {
    expect(open().open('weekly')).toEqual({
      status: 'ready',
      meeting: ofServer('https://meet.example.com'),
    });
    expect(events).toEqual([]);
  });

  it('loads a fresh document for another server, which may reach that one only', () => {
    const meetings = open();
    expect(meetings.open('https://other.example.com/join/weekly')).toEqual({ status: 'reloading' });
    expect(events).toEqual(['reload']);
    expect(allowsUrl(meetings.policy, 'https://other.example.com')).toBe(true);
    expect(allowsUrl(meetings.policy, 'https://meet.example.com')).toBe(false);
    expect(meetings.takePending()).toEqual({
      status: 'ready',
      autoJoin: false,
      meeting: ofServer('https://other.example.com'),
    });
    expect(meetings.takePending()).toEqual({ status: 'none' });
  });

  it('takes the room server out of reach once a proxy is set', () => {
    const meetings = open();
    settings = { ...settings, signalingBaseUrl: ['https://proxy.example.com'] };
    expect(meetings.open('weekly')).toEqual({ status: 'reloading' });
    expect(allowsUrl(meetings.policy, 'https://proxy.example.com')).toBe(true);
    expect(allowsUrl(meetings.policy, 'https://meet.example.com')).toBe(false);
    expect(meetings.open('weekly')).toMatchObject({
      status: 'ready',
      meeting: {
        serverUrl: 'https://meet.example.com',
        signalingBaseUrl: ['https://proxy.example.com'],
      },
    });
  });

  it('does not let a link change how calls leave this computer', () => {
    settings = { ...settings, signalingBaseUrl: ['https://proxy.example.com'] };
    const meetings = open();
    expect(
      meetings.open('causeway://join/weekly?server=https://evil.example&signalingBaseUrl='),
    ).toMatchObject({
      status: 'ready',
      meeting: { signalingBaseUrl: ['https://proxy.example.com'] },
    });
    expect(allowsUrl(meetings.policy, 'https://evil.example')).toBe(false);
  });

  it('says what is wrong with a link, and changes nothing', () => {
    const meetings = open();
    const { policy } = meetings;
    expect(meetings.open('causeway://join/')).toEqual({
      status: 'invalid',
      problem: expect.stringContaining('names no meeting') as string,
    });
    expect(meetings.policy).toEqual(policy);
    expect(events).toEqual([]);
  });
});

describe('a meeting from outside', () => {
  it('gets the first document made for it, and joins by itself when the command line said so', () => {
    const meetings = open({ input: 'https://other.example.com/join/x', autoJoin: true });
    expect(allowsUrl(meetings.policy, 'https://other.example.com')).toBe(true);
    expect(allowsUrl(meetings.policy, 'https://meet.example.com')).toBe(false);
    expect(meetings.takePending()).toMatchObject({ status: 'ready', autoJoin: true });
    expect(events).toEqual([]);
  });

  it('is announced, and waits until the page takes it', () => {
    const meetings = open();
    meetings.offer('causeway://join/first', { autoJoin: false });
    meetings.offer('causeway://join/second', { autoJoin: false });
    expect(events).toEqual(['announce', 'announce']);
    expect(meetings.takePending()).toMatchObject({ meeting: { roomId: 'second' } });
    expect(meetings.takePending()).toEqual({ status: 'none' });
  });

  it('leaves the running document alone until then, even for another server', () => {
    const meetings = open();
    meetings.offer('https://other.example.com/join/x', { autoJoin: true });
    expect(allowsUrl(meetings.policy, 'https://meet.example.com')).toBe(true);
    expect(meetings.takePending(), 'this document is about to go').toEqual({ status: 'none' });
    expect(events).toEqual(['announce', 'reload']);
    expect(meetings.takePending(), 'the fresh one finds it').toMatchObject({
      status: 'ready',
      autoJoin: true,
      meeting: { serverUrl: 'https://other.example.com' },
    });
  });

  it('reaches the page with its problem when the link is damaged', () => {
    const meetings = open({ input: 'causeway://elsewhere/x', autoJoin: false });
    expect(meetings.takePending()).toEqual({
      status: 'invalid',
      problem: expect.stringContaining('causeway://join/NAME') as string,
    });
    expect(meetings.takePending()).toEqual({ status: 'none' });
  });
});

describe('under a policy', () => {
  const refused = (input: string) => open().open(input);

  it('no link leads to a server that is not allowed, and the page may not reach it', () => {
    settings = { ...settings, allowedServers: ['*.example.com'] };
    const link = 'causeway://join/weekly?server=https://meet.evil.example';
    expect(refused(link)).toEqual({
      status: 'refused',
      problem: 'Your organization does not allow meetings on meet.evil.example.',
      forIt: 'meet.evil.example is not among allowedServers (*.example.com).',
    });
    const meetings = open({ input: link, autoJoin: true });
    expect(allowsUrl(meetings.policy, 'https://meet.evil.example')).toBe(false);
    expect(meetings.policy.endpoints).toEqual([]);
    expect(meetings.takePending()).toMatchObject({ status: 'refused' });
    expect(open().open('https://other.example.com/join/weekly').status).toBe('reloading');
  });

  it('no call goes out directly where only proxies are allowed', () => {
    settings = { ...settings, allowedProxies: ['proxy.example.com'] };
    expect(refused('weekly')).toMatchObject({
      status: 'refused',
      problem: 'Your organization allows calls through its Cloud Proxy only, and none is set.',
    });
    expect(open().policy.endpoints).toEqual([]);
    settings = { ...settings, signalingBaseUrl: ['https://proxy.example.com'] };
    expect(open().open('weekly').status).toBe('ready');
    settings = { ...settings, signalingBaseUrl: ['https://proxy.evil.example'] };
    expect(refused('weekly')).toMatchObject({ status: 'refused' });
  });

  it('no call starts while what IT has set is not known', () => {
    policy = { ...NO_POLICY, state: 'broken', callsRefused: { message: 'Tell IT.', forIt: 'x' } };
    expect(refused('weekly')).toEqual({ status: 'refused', problem: 'Tell IT.', forIt: 'x' });
    expect(open().policy.endpoints).toEqual([]);
  });

  it('a host that IT forbids is out of reach at once, for the document that was made for it', () => {
    const meetings = open();
    expect(allowsUrl(meetings.policy, 'https://meet.example.com')).toBe(true);
    settings = { ...settings, allowedServers: ['other.example.com'] };
    expect(allowsUrl(meetings.policy, 'https://meet.example.com')).toBe(false);
    meetings.limitsChanged();
    settings = { ...settings, allowedServers: ['*'] };
    expect(meetings.open('weekly'), 'its header may not name the host').toEqual({
      status: 'reloading',
    });
    expect(allowsUrl(meetings.policy, 'https://meet.example.com')).toBe(true);
  });
});

describe('a meeting that was refused', () => {
  const refused = { message: 'No calls.', forIt: 'Broken.' };

  it('waits for the person again when IT allows it, and is not joined by itself', () => {
    policy = { ...NO_POLICY, callsRefused: refused };
    const meetings = open({ input: 'weekly', autoJoin: true });
    expect(meetings.takePending()).toMatchObject({ status: 'refused' });
    meetings.limitsChanged();
    expect(events, 'nothing is better yet').toEqual([]);

    policy = NO_POLICY;
    meetings.limitsChanged();
    expect(events).toEqual(['announce']);
    // This document may reach nothing: a fresh one takes it.
    expect(meetings.takePending()).toEqual({ status: 'none' });
    expect(events).toEqual(['announce', 'reload']);
    expect(meetings.takePending()).toMatchObject({ status: 'ready', autoJoin: false });
    meetings.limitsChanged();
    expect(events, 'once').toEqual(['announce', 'reload']);
  });

  it('is forgotten when another one is meant meanwhile', () => {
    policy = { ...NO_POLICY, callsRefused: refused };
    const meetings = open({ input: 'weekly', autoJoin: false });
    meetings.takePending();
    policy = NO_POLICY;
    meetings.open('other');
    events = [];
    meetings.limitsChanged();
    expect(events).toEqual([]);
  });
});
