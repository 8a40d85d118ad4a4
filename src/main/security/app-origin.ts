/** The scheme and origin of Causeway's own page. Nothing else is ever shown in its window. */
export const APP_SCHEME = 'app';
const APP_HOST = 'causeway';
const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;
export const APP_URL = `${APP_ORIGIN}/index.html`;

/** Whether `text` is a URL, or an origin, of Causeway's own pages. */
export function isAppUrl(text: string): boolean {
  const url = URL.parse(text);
  // `origin` is "null" for schemes that Node does not know: compare its parts.
  return url?.protocol === `${APP_SCHEME}:` && url.host === APP_HOST;
}
