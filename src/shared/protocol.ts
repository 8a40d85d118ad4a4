import { z } from 'zod';

/** How media may leave this computer. The company's IT (or the employee) chooses one. */
export const PreferredProtocol = z.enum(['UDP_OVER_TCP', 'UDP_ONLY', 'TCP_ONLY']);
export type PreferredProtocol = z.infer<typeof PreferredProtocol>;

export const DEFAULT_PREFERRED_PROTOCOL: PreferredProtocol = 'UDP_OVER_TCP';

/** One sentence on each mode, shown in settings and in the generated documentation. */
export const PREFERRED_PROTOCOL_TEXT: Record<PreferredProtocol, { name: string; hint: string }> = {
  UDP_OVER_TCP: {
    name: 'UDP, then TCP',
    hint: 'Starts on UDP for the best quality; when UDP is blocked the call goes on over TCP by itself, and says so.',
  },
  UDP_ONLY: {
    name: 'UDP only',
    hint: 'Sound and picture travel over UDP or not at all. The call fails where UDP is blocked.',
  },
  TCP_ONLY: {
    name: 'TCP only',
    hint: 'Sound and picture travel over TCP or TLS or not at all. No UDP packet is sent.',
  },
};

/** `direct`: media to the room server itself. `proxy`: media relayed (TURN) by the Cloud Proxy. */
export const Route = z.enum(['direct', 'proxy']);
export type Route = z.infer<typeof Route>;

/** What carries the media on this computer's side: to the room server, or to the relay (TURN). */
export const MediaProtocol = z.enum(['udp', 'tcp', 'tls']);
export type MediaProtocol = z.infer<typeof MediaProtocol>;
