import { z } from 'zod';

/** Every way in which a call can fail to start or to go on. */
export const RoomErrorCode = z.enum([
  'INPUT_INVALID',
  'PROXY_UNREACHABLE',
  'PROXY_INVALID',
  'PROXY_CREDENTIALS',
  'PROXY_RELAY_DOWN',
  'SERVER_UNREACHABLE',
  'SERVER_INVALID',
  'SERVER_INCOMPATIBLE',
  'SERVER_BUSY',
  'TLS_UNTRUSTED',
  'HTTP_PROXY_AUTH',
  'HTTP_PROXY_UNREACHABLE',
  'HTTP_PROXY_REFUSED',
  'HTTP_PROXY_PAC',
  'TOKEN_MISSING',
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'TOKEN_WRONG_ROOM',
  'ROOM_NOT_FOUND',
  'ROOM_FULL',
  'UDP_BLOCKED',
  'TCP_BLOCKED',
  'NO_PATH',
  'SIGNALING_LOST',
  'MEDIA_TIMEOUT',
  'PEER_REPLACED',
  'KICKED',
  'POLICY_FORBIDS',
]);
export type RoomErrorCode = z.infer<typeof RoomErrorCode>;

export interface RoomErrorText {
  /** What happened and what to do, for the employee. */
  message: string;
  /** What to check, for the company's IT. */
  forIt: string;
  /** Whether trying again, unchanged, may help. */
  retryable: boolean;
}

/** The plain-data form of a {@link RoomError}: crosses IPC, goes into the timeline and reports. */
export const RoomErrorData = z.object({
  code: RoomErrorCode,
  message: z.string(),
  forIt: z.string(),
  retryable: z.boolean(),
  /** The address, path list or value at issue, redacted. Never a token or a credential. */
  detail: z.string().optional(),
});
export type RoomErrorData = z.infer<typeof RoomErrorData>;

const TEXT: Record<RoomErrorCode, RoomErrorText> = {
  INPUT_INVALID: {
    message: 'The meeting cannot be opened as it was entered. Check it and try again.',
    forIt: 'A value handed to the call was refused before anything was sent.',
    retryable: false,
  },
  PROXY_UNREACHABLE: {
    message:
      'The Cloud Proxy does not answer. Check your network, or ask IT whether it is running.',
    forIt:
      'No TCP connection or no answer from the Cloud Proxy. Check its name, address, port and the firewall in between.',
    retryable: true,
  },
  PROXY_INVALID: {
    message:
      'The address set as Cloud Proxy answers, but it is not a Causeway proxy. Ask IT for the right address.',
    forIt:
      'GET /.well-known/causeway.json did not return a Causeway proxy document, or one that is not allowed (for example a relay on another host).',
    retryable: false,
  },
  PROXY_CREDENTIALS: {
    message:
      'The Cloud Proxy did not let this call in. Open the meeting link again; if that does not help, ask IT.',
    forIt:
      'The proxy refused the join token, or its relay refused the credentials. Compare the token keys of proxy and room server, the relay secret and the clocks.',
    retryable: false,
  },
  PROXY_RELAY_DOWN: {
    message:
      'The Cloud Proxy answers, but its media relay is down. Try again in a minute or tell IT.',
    forIt: 'The gateway is up and its relay (coturn) is not. See /healthz of the proxy.',
    retryable: true,
  },
  SERVER_UNREACHABLE: {
    message: 'The meeting server does not answer. Check the server address and your network.',
    forIt:
      'No TCP connection or no answer from the room server. Check its name, address, port and the firewall in between.',
    retryable: true,
  },
  SERVER_INVALID: {
    message:
      'The server address answers, but it is not a meeting server. Check the address in settings.',
    forIt: 'The address speaks HTTP but accepts no protoo WebSocket. Check serverUrl.',
    retryable: false,
  },
  SERVER_INCOMPATIBLE: {
    message:
      'The meeting server and this version of Causeway do not understand each other. Update Causeway or ask IT.',
    forIt: 'The server answered with a message or media parameters that this client cannot use.',
    retryable: false,
  },
  SERVER_BUSY: {
    message: 'The meeting server takes no more calls just now. Try again in a minute.',
    forIt: 'The room server refused the connection: rate limit, worker lost or shutting down.',
    retryable: true,
  },
  TLS_UNTRUSTED: {
    message: 'The certificate of the server is not trusted, so the call was stopped. Tell IT.',
    forIt:
      'TLS verification failed. If a proxy of your own inspects TLS, put its CA into extraCaCertificates of the managed settings or into the system’s certificate store; else correct the certificate.',
    retryable: false,
  },
  HTTP_PROXY_AUTH: {
    message: 'The HTTP proxy of your network asks for a user name and password.',
    forIt:
      'The HTTP proxy answered 407, and the user name and password were missing or wrong. Causeway signs in by Basic, Digest and NTLM with what is entered, and by Negotiate or NTLM with the account of the computer.',
    retryable: true,
  },
  HTTP_PROXY_UNREACHABLE: {
    message:
      'The HTTP proxy of your network does not answer, and calls go through nothing else. Check your network, or ask IT whether it is running.',
    forIt:
      'No TCP connection to the HTTP proxy. Check httpProxy (or the system’s proxy settings), its name, address and port.',
    retryable: true,
  },
  HTTP_PROXY_REFUSED: {
    message: 'The HTTP proxy of your network does not let this call through. Tell IT.',
    forIt:
      'The HTTP proxy answered CONNECT with a refusal, or could not reach the host itself. Allow CONNECT to the host and port in the detail.',
    retryable: true,
  },
  HTTP_PROXY_PAC: {
    message:
      'The file that says which HTTP proxy to use (PAC) could not be read, so the call was stopped. Check your network, or tell IT.',
    forIt:
      'The PAC file could not be fetched or run. Causeway does not go on without it. Check the address in httpProxy (or the system’s settings) and the file itself.',
    retryable: true,
  },
  TOKEN_MISSING: {
    message: 'This meeting needs a pass. Open the full meeting link from your invitation.',
    forIt: 'The server asks for a join token and none was given.',
    retryable: false,
  },
  TOKEN_INVALID: {
    message: 'The pass in this meeting link is not valid. Ask for a new link.',
    forIt:
      'The join token was refused: signature, issuer or form. Compare the keys of the token issuer and the server.',
    retryable: false,
  },
  TOKEN_EXPIRED: {
    message: 'The pass in this meeting link has expired. Ask for a new link.',
    forIt:
      'The join token is past its expiry. Check the clocks of the issuer and the server if it is new.',
    retryable: false,
  },
  TOKEN_WRONG_ROOM: {
    message: 'The pass in this meeting link is for another meeting. Open the link of this meeting.',
    forIt: 'The join token names another room than the one asked for.',
    retryable: false,
  },
  ROOM_NOT_FOUND: {
    message: 'There is no meeting with this name. Check the link, or ask who invited you.',
    forIt: 'The room server knows no such room.',
    retryable: false,
  },
  ROOM_FULL: {
    message: 'This meeting is full. Try again when somebody has left.',
    forIt: 'The limit of peers per room is reached (maxPeersPerRoom of the room server).',
    retryable: true,
  },
  UDP_BLOCKED: {
    message:
      'Your network blocks UDP, and this app may use nothing else. Ask IT, or choose another protocol in settings if you may.',
    forIt:
      'No UDP candidate pair connected in time; the mode is UDP_ONLY. Open UDP to the media port, or allow UDP_OVER_TCP.',
    retryable: true,
  },
  TCP_BLOCKED: {
    message:
      'Your network blocks the TCP connection for sound and picture, and this app may use nothing else. Ask IT.',
    forIt:
      'No TCP or TLS candidate pair connected in time; the mode is TCP_ONLY. Open TCP to the media port.',
    retryable: true,
  },
  NO_PATH: {
    message: 'Sound and picture found no way through your network. Ask IT.',
    forIt: 'Every path that the mode allows failed.',
    retryable: true,
  },
  SIGNALING_LOST: {
    message: 'The connection to the meeting was lost and could not be restored.',
    forIt: 'The signaling WebSocket ended and every attempt to connect again failed.',
    retryable: true,
  },
  MEDIA_TIMEOUT: {
    message: 'The meeting is there, but sound and picture stopped and did not come back.',
    forIt: 'The media path died in mid-call and could not be restored.',
    retryable: true,
  },
  PEER_REPLACED: {
    message: 'You joined this meeting from another window or computer, so this one was closed.',
    forIt: 'A newer connection with the same peer id took over.',
    retryable: false,
  },
  POLICY_FORBIDS: {
    message:
      'Your organization has changed what calls may do, and this one may not go on as it is. Join again; the new rules then apply.',
    forIt: 'The managed settings were tightened during the call, which used what they forbid now.',
    retryable: true,
  },
  KICKED: {
    message: 'You were removed from the meeting.',
    forIt: 'The server closed this peer on purpose.',
    retryable: false,
  },
};

export function roomErrorText(code: RoomErrorCode): RoomErrorText {
  return TEXT[code];
}

/** Why a call failed: one code, a sentence for the employee, one for IT. */
export class RoomError extends Error {
  override readonly name = 'RoomError';
  readonly code: RoomErrorCode;
  readonly forIt: string;
  readonly retryable: boolean;
  readonly detail: string | undefined;

  /**
   * @param detail The address, path list or value at issue. Must hold no token or credential.
   */
  constructor(code: RoomErrorCode, detail?: string, options?: ErrorOptions) {
    super(TEXT[code].message, options);
    this.code = code;
    this.forIt = TEXT[code].forIt;
    this.retryable = TEXT[code].retryable;
    this.detail = detail;
  }

  toData(): RoomErrorData {
    return {
      code: this.code,
      message: this.message,
      forIt: this.forIt,
      retryable: this.retryable,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
    };
  }
}
