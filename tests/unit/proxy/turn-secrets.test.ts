import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadTurnSecrets, signTurnCredentials } from '../../../server/proxy/turn/secrets.ts';

const SECRET = 's'.repeat(32);
const NOW = 1_800_000_000_500;

describe('relay credentials', () => {
  test('follow the TURN REST scheme: expiry and identity, HMAC-SHA1 as password', () => {
    const made = signTurnCredentials([SECRET], { sub: 'ann', room: 'demo' }, 600, NOW);
    expect(made.username).toMatch(/^1800000600:[A-Za-z0-9_-]{22}$/);
    expect(made.credential).toBe(createHmac('sha1', SECRET).update(made.username).digest('base64'));
    expect(made.expiresAt).toBe(1_800_000_600_000);
  });

  test('tell people and rooms apart without naming them', () => {
    const identity = (sub: string, room: string) =>
      signTurnCredentials([SECRET], { sub, room }, 600, NOW).username.split(':')[1];
    expect(identity('ann', 'demo')).toBe(identity('ann', 'demo'));
    expect(identity('ann', 'demo')).not.toBe(identity('bob', 'demo'));
    expect(identity('ann', 'demo')).not.toBe(identity('ann', 'other'));
    // The separator keeps “ann|demo” and “annd|emo” apart.
    expect(identity('ann', 'demo')).not.toBe(identity('annd', 'emo'));
    expect(identity('ann', 'demo')).not.toContain('ann');
  });

  test('are signed with the first secret while others are still accepted', () => {
    const both = signTurnCredentials(['n'.repeat(32), SECRET], { sub: 'a', room: 'r' }, 60, NOW);
    const first = signTurnCredentials(['n'.repeat(32)], { sub: 'a', room: 'r' }, 60, NOW);
    expect(both).toEqual(first);
  });
});

describe('the secret file', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'causeway-secrets-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  async function load(text: string): Promise<readonly string[]> {
    const secretFile = join(folder, 'turn.secret');
    await writeFile(secretFile, text);
    return await loadTurnSecrets({ secretFile });
  }

  test('holds one secret per line, with comments and empty lines', async () => {
    expect(await load(`# new\n${'n'.repeat(32)}\n\n${SECRET}\r\n`)).toEqual([
      'n'.repeat(32),
      SECRET,
    ]);
  });

  test.each([
    ['', 'holds no secret'],
    ['short\n', 'the secret has 5 bytes; 32 to 256 are allowed'],
    [`${SECRET}\nshort`, 'secret 2 has 5 bytes'],
    [`${'a'.repeat(20)} ${'b'.repeat(20)}`, 'a space or a character outside ASCII'],
    [`${SECRET}\n`.repeat(5), 'holds 5 secrets; at most 4'],
  ])('is refused with a sentence: %j', async (text, problem) => {
    await expect(load(text)).rejects.toThrow(problem);
  });

  test('that is missing is named', async () => {
    await expect(loadTurnSecrets({ secretFile: join(folder, 'none') })).rejects.toThrow(
      /--turn-secret-file: .*none cannot be read \(ENOENT\)/,
    );
  });

  test('never has its content in the error', async () => {
    await expect(load('hunter2-hunter2')).rejects.not.toThrow(/hunter2/);
  });
});
