/** Names of URL parameters, headers and object keys whose values never reach a log or a screen. */
const SECRET_KEY = /token|secret|password|passwd|credential|authorization|cookie|api[-_]?key/i;

/** Three base64url parts: a compact JWS, wherever it stands. */
const JWS = /\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g;

/** The sub-protocol with which a peer takes its place again (see join-token.ts), and its key. */
const RESUME_KEY = /(causeway\.resume\.)[A-Za-z0-9_-]+/g;

const REDACTED = '[redacted]';

export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}

/** A URL fit for a log: scheme, host and path stay; user info and secret parameters do not. */
export function redactUrl(text: string): string {
  const url = URL.parse(text);
  if (!url) return redactText(text);
  if (url.username || url.password) {
    url.username = '';
    url.password = '';
  }
  for (const key of new Set(url.searchParams.keys())) {
    if (isSecretKey(key)) url.searchParams.set(key, REDACTED);
  }
  if (isSecretKey(url.hash)) url.hash = '';
  return redactText(url.href).replaceAll(encodeURIComponent(REDACTED), REDACTED);
}

/** Free text fit for a log: anything that looks like a token or a resume key is replaced. */
export function redactText(text: string): string {
  return text.replace(JWS, REDACTED).replace(RESUME_KEY, `$1${REDACTED}`);
}
