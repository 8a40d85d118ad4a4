import { beforeEach, describe, expect, it } from 'vitest';
import { Meetings } from '../../../src/main/meetings/meetings.ts';
import { allowsUrl } from '../../../src/main/security/network-policy.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../src/shared/settings.ts';

let settings: Settings;
let events: string[];

beforeEach(() => {
  settings = { ...DEFAULT_SETTINGS, serverUrl: 'https://meet.example.com' };
  events = [];
});

const open = (first?: { input: string; autoJoin: boolean }) =>
  new Meetings(
    {
      settings: () => settings,
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
    expect(meetings.policy).toBe(policy);
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
