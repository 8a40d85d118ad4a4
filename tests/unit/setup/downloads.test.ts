import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  failedLately,
  forgetFailure,
  rememberFailure,
  RETRY_AFTER_MS,
} from '../../../tools/setup/download-attempts.ts';
import { downloadFailure } from '../../../tools/setup/watched-download.ts';

describe('remembering a failed download', () => {
  let folder: string;
  const now = Date.UTC(2026, 0, 2);

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-attempts-'));
    vi.stubEnv('CAUSEWAY_CACHE', folder);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('lasts a day, for that version only', () => {
    rememberFailure('electron 45.4.1', 'no network', now);
    expect(failedLately('electron 45.4.1', now + RETRY_AFTER_MS - 1)).toBe(true);
    expect(failedLately('electron 45.4.1', now + RETRY_AFTER_MS)).toBe(false);
    expect(failedLately('electron 46.0.0', now)).toBe(false);
  });

  it('means nothing when the clock was set back meanwhile', () => {
    rememberFailure('electron 45.4.1', 'no network', now);
    expect(failedLately('electron 45.4.1', now - 1)).toBe(false);
  });

  it('can be forgotten without forgetting the others', () => {
    rememberFailure('electron 45.4.1', 'no network', now);
    rememberFailure('mediasoup-worker 3.19.3', 'no network', now);
    forgetFailure('electron 45.4.1');
    expect(failedLately('electron 45.4.1', now)).toBe(false);
    expect(failedLately('mediasoup-worker 3.19.3', now)).toBe(true);
  });

  it.each(['', '{"electron', '[]', '{"electron 45.4.1":{"failedAt":"yesterday"}}'])(
    'starts anew from a record that cannot be read: %j',
    (content) => {
      fs.writeFileSync(path.join(folder, 'failed-downloads.json'), content);
      expect(failedLately('electron 45.4.1', now)).toBe(false);
      rememberFailure('electron 45.4.1', 'no network', now);
      expect(failedLately('electron 45.4.1', now)).toBe(true);
    },
  );
});

describe('the reason for a failed download, in a few words', () => {
  it.each([
    [
      'FetchError: request to https://host.example/a.tgz failed, reason: getaddrinfo ENOTFOUND host.example\n/bin/sh: 1: x: not found',
      'ENOTFOUND host.example',
    ],
    ['connect ECONNREFUSED 192.0.2.1:443', 'ECONNREFUSED 192.0.2.1:443'],
    ['TypeError: fetch failed\n    at node:internal/deps/undici:14976:13', 'fetch failed'],
    ['HTTPError: Response code 404 (Not Found)', 'Response code 404 (Not Found)'],
    ['no data for 15 s', 'no data for 15 s'],
    ['something else\nlast line', 'last line'],
  ])('%j becomes %j', (text, reason) => {
    expect(downloadFailure(new Error(text))).toBe(reason);
  });
});
