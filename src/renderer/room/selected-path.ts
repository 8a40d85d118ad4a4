import type { Path } from '../../shared/path.ts';
import type { LinkStats } from './link-stats.ts';
import { parseTurnUrl } from './turn-url.ts';

/**
 * The path that a transport's selected candidate pair is on. Says what is, whatever was planned:
 * for a relayed local candidate how this computer reaches the relay, else the far end itself.
 * Undefined without a selected pair whose addresses are known.
 */
export function selectedPath(stats: LinkStats): Path | undefined {
  const { localCandidate: local, remoteCandidate: remote } = stats;
  if (!local || !remote) return undefined;
  if (local.candidateType === 'relay') {
    const turn = local.url === undefined ? undefined : parseTurnUrl(local.url);
    const protocol = local.relayProtocol ?? turn?.protocol;
    const host = turn?.host ?? local.address;
    if (!protocol || !host) return undefined;
    return { route: 'proxy', protocol, host, ...(turn && { port: turn.port }) };
  }
  if (!remote.address) return undefined;
  return {
    route: 'direct',
    protocol: local.protocol,
    host: remote.address,
    ...(remote.port !== undefined && { port: remote.port }),
  };
}
