import { describe, expect, it } from 'vitest';
import { redactText, redactUrl } from '../../../src/shared/redact.ts';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJyb29tIjoiYSJ9.c2lnbmF0dXJl';

describe('redaction', () => {
  it.each([
    [`wss://h/?roomId=a&token=${TOKEN}`, 'wss://h/?roomId=a&token=[redacted]'],
    [`https://h/join/a#token=${TOKEN}`, 'https://h/join/a'],
    ['https://user:pw@h/x', 'https://h/x'],
    ['https://h/x?api_key=1&b=2', 'https://h/x?api_key=[redacted]&b=2'],
    ['https://h/x?b=2', 'https://h/x?b=2'],
    [`https://h/${TOKEN}`, 'https://h/[redacted]'],
  ])('%s becomes %s', (url, redacted) => {
    expect(redactUrl(url)).toBe(redacted);
  });

  it('finds tokens in running text', () => {
    expect(redactText(`offered protoo, causeway.token.${TOKEN}!`)).toBe(
      'offered protoo, causeway.token.[redacted]!',
    );
  });

  it('finds resume keys in running text', () => {
    expect(redactText('offered protoo, causeway.resume.Zm9v_-YmFy, and more')).toBe(
      'offered protoo, causeway.resume.[redacted], and more',
    );
  });

  it('leaves other text alone', () => {
    expect(redactText('connected · UDP · direct · 127.0.0.1:44444')).toBe(
      'connected · UDP · direct · 127.0.0.1:44444',
    );
  });
});
