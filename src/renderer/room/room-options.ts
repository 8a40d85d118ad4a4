import { z } from 'zod';
import {
  parseServerUrl,
  parseSignalingBaseUrl,
  ServerUrl,
  SignalingBaseUrl,
  type Endpoint,
  type EndpointResult,
} from '../../shared/endpoint.ts';
import { DisplayName, JoinToken, RoomId } from '../../shared/meeting-link.ts';
import {
  DEFAULT_PREFERRED_PROTOCOL,
  PreferredProtocol,
  type Route,
} from '../../shared/protocol.ts';
import { RoomError } from '../../shared/room-error.ts';
import { describeIssues } from '../../shared/signaling.ts';

/** Cloud Proxies that one call will try. */
const MAX_PROXIES = 8;

const RoomOptionsInput = z.strictObject({
  roomId: RoomId,
  token: z.union([z.literal(''), JoinToken]),
  displayName: DisplayName,
  serverUrl: ServerUrl,
  preferredProtocol: PreferredProtocol.default(DEFAULT_PREFERRED_PROTOCOL),
  standbyPath: z.boolean().default(true),
  chat: z.boolean().default(true),
  signalingBaseUrl: z
    .union([
      z.literal('').transform((): string[] => []),
      z.string().transform((one) => [one]),
      z.array(z.string()),
    ])
    .default([])
    .pipe(z.array(SignalingBaseUrl).max(MAX_PROXIES, `At most ${MAX_PROXIES} Cloud Proxies.`)),
});

/** Room options, checked and normalised. */
export interface CallTarget {
  readonly roomId: string;
  readonly token: string;
  readonly displayName: string;
  readonly preferredProtocol: PreferredProtocol;
  readonly route: Route;
  readonly server: Endpoint;
  /** Empty on the direct route. */
  readonly proxies: readonly Endpoint[];
  readonly standbyPath: boolean;
  readonly chat: boolean;
}

/**
 * @param options What `createRoom()` was given, of any shape.
 * @throws {RoomError} INPUT_INVALID; the detail names the option and what is wrong with it.
 */
export function parseRoomOptions(options: unknown): CallTarget {
  const parsed = RoomOptionsInput.safeParse(options);
  if (!parsed.success) throw new RoomError('INPUT_INVALID', describeIssues(parsed.error));
  const { roomId, token, displayName, preferredProtocol, serverUrl, standbyPath, chat } =
    parsed.data;
  const { signalingBaseUrl } = parsed.data;
  const proxies = [...new Set(signalingBaseUrl)].map((url) =>
    endpointOf(parseSignalingBaseUrl(url)),
  );
  return {
    roomId,
    token,
    displayName,
    preferredProtocol,
    standbyPath,
    chat,
    route: proxies.length > 0 ? 'proxy' : 'direct',
    server: endpointOf(parseServerUrl(serverUrl)),
    proxies,
  };
}

function endpointOf(result: EndpointResult): Endpoint {
  if (!result.ok) throw new RoomError('INPUT_INVALID', result.problem);
  return result.endpoint;
}
