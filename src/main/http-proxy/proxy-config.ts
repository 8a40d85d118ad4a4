import type { ProxyConfig } from 'electron';
import type { HttpProxy } from '../../shared/settings/http-proxy.ts';

/**
 * The setting as Electron's session takes it. In every mode but `system` and `none` nothing that is
 * TCP goes anywhere but to the HTTP proxy: there is no second way in the list, and a PAC file that
 * cannot be had stops connections instead of letting them out (Electron sets `pac_mandatory`).
 */
export function toProxyConfig(httpProxy: HttpProxy): ProxyConfig {
  switch (httpProxy.mode) {
    case 'system':
      return { mode: 'system' };
    case 'none':
      return { mode: 'direct' };
    case 'manual':
      return {
        mode: 'fixed_servers',
        proxyRules: httpProxy.server,
        proxyBypassRules: httpProxy.bypass.join(','),
      };
    case 'pac':
      return { mode: 'pac_script', pacScript: httpProxy.url };
  }
}
