import { app } from 'electron';
import type { ProxyLogin } from './proxy-login.ts';

/** Answers HTTP proxies that ask the page's requests for a user name and password. */
export function setupProxyLogin(login: ProxyLogin): void {
  app.on('login', (event, _contents, { firstAuthAttempt }, info, callback) => {
    const credentials = login.answer(info, firstAuthAttempt);
    // Without an answer Electron refuses by itself.
    if (!credentials) return;
    event.preventDefault();
    callback(credentials.user, credentials.password);
  });
}
