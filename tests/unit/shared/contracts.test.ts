import { describe, expect, it } from 'vitest';
import { CLOSE, closeMeaning } from '../../../src/shared/close-codes.ts';
import { DiscoveryDocument } from '../../../src/shared/discovery.ts';
import { JoinTokenClaims } from '../../../src/shared/join-token.ts';
import { RoomError, RoomErrorCode, roomErrorText } from '../../../src/shared/room-error.ts';
import { DEFAULT_SETTINGS, Settings, SettingsPatch } from '../../../src/shared/settings.ts';
import { ClientRequests, describeIssues } from '../../../src/shared/signaling.ts';

describe('room errors', () => {
  it.each(RoomErrorCode.options)(
    '%s tells the employee and IT what happened, in sentences',
    (code) => {
      const text = roomErrorText(code);
      expect(text.message).toMatch(/^[A-Z].*\.$/);
      expect(text.forIt).toMatch(/^[A-Z].*\.$/);
    },
  );

  it('travel as plain data', () => {
    expect(new RoomError('UDP_BLOCKED', 'udp 10.0.0.1:44444').toData()).toEqual({
      code: 'UDP_BLOCKED',
      ...roomErrorText('UDP_BLOCKED'),
      detail: 'udp 10.0.0.1:44444',
    });
  });
});

describe('close codes', () => {
  it('all lie in the private range and mean an error', () => {
    for (const code of Object.values(CLOSE)) {
      expect(code).toBeGreaterThanOrEqual(4000);
      expect(code).toBeLessThan(5000);
      expect(RoomErrorCode.options).toContain(closeMeaning(code).error);
    }
  });
  it('retry where the server asks for patience, and only there', () => {
    expect(closeMeaning(CLOSE.SERVER_SHUTTING_DOWN).retry).toBe(true);
    expect(closeMeaning(CLOSE.ROOM_RESTARTED).retry).toBe(true);
    expect(closeMeaning(CLOSE.TOKEN_EXPIRED).retry).toBe(false);
    expect(closeMeaning(CLOSE.PEER_REPLACED).retry).toBe(false);
  });
  it('take a message that was too big to be read for one that is too big', () => {
    expect(closeMeaning(1009)).toEqual(closeMeaning(CLOSE.MESSAGE_TOO_BIG));
    expect(closeMeaning(1009).retry).toBe(false);
  });
  it('treat any other end as a lost connection', () => {
    expect(closeMeaning(1006)).toEqual({ error: 'SIGNALING_LOST', retry: true });
  });
});

describe('a discovery document', () => {
  it('keeps known features and forgets the others', () => {
    const document = DiscoveryDocument.parse({
      version: 3,
      role: 'room',
      features: ['token', 'teleport'],
      more: 1,
    });
    expect(document.features).toEqual(['token']);
  });
  it.each([
    ['http:', 'http://10.0.0.1'],
    ['stun:', 'stun:stun.example.com'],
    ['file:', 'file:///etc/passwd'],
  ])('refuses an ICE server of the scheme %s', (_scheme, url) => {
    const iceServers = [{ urls: [url], username: 'u', credential: 'c' }];
    expect(
      DiscoveryDocument.safeParse({ version: 1, role: 'proxy', features: [], iceServers }).success,
    ).toBe(false);
  });
});

describe('settings', () => {
  it('have defaults that the schema accepts', () => {
    expect(Settings.parse(DEFAULT_SETTINGS)).toEqual(DEFAULT_SETTINGS);
  });
  it('store addresses normalised', () => {
    const patch = SettingsPatch.parse({
      serverUrl: 'Meet.Example.com',
      signalingBaseUrl: ['proxy.example.com:443'],
    });
    expect(patch).toEqual({
      serverUrl: 'https://meet.example.com',
      signalingBaseUrl: ['https://proxy.example.com'],
    });
  });
  it('refuse keys that do not exist', () => {
    expect(SettingsPatch.safeParse({ serverURL: 'https://meet.example.com' }).success).toBe(false);
  });
  it('say which entry of a list is wrong', () => {
    const result = SettingsPatch.safeParse({
      signalingBaseUrl: ['proxy.example.com', 'http://other.example.com'],
    });
    expect(result.error?.issues[0]?.path).toEqual(['signalingBaseUrl', 1]);
  });
});

describe('signaling messages', () => {
  it('name the wrong field', () => {
    const result = ClientRequests.produce.request.safeParse({
      transportId: 't',
      kind: 'smell',
      rtpParameters: { codecs: [] },
    });
    expect(result.success).toBe(false);
    if (!result.success) expect(describeIssues(result.error)).toMatch(/^kind: /);
  });
  it('take the defaults of the base protocol', () => {
    expect(
      ClientRequests.createWebRtcTransport.request.parse({ producing: true, consuming: false })
        .forceTcp,
    ).toBe(false);
  });
});

describe('join token claims', () => {
  it('must expire', () => {
    expect(JoinTokenClaims.safeParse({ aud: 'causeway-room', sub: 'a', room: 'r' }).success).toBe(
      false,
    );
  });
  it('permit everything unless they say otherwise', () => {
    const claims = JoinTokenClaims.parse({ aud: 'causeway-room', sub: 'a', room: 'r', exp: 1 });
    expect(claims.permissions).toEqual({ publish: true, subscribe: true });
  });
});
