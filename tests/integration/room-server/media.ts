import type { SignalingClient } from './signaling-client.ts';

/** RTP, DTLS and SCTP parameters as Chromium sends them, and the steps to get media going. */

export const DTLS_PARAMETERS = {
  role: 'client',
  fingerprints: [
    {
      algorithm: 'sha-256',
      value:
        '82:5A:68:3D:36:C3:0A:DE:AF:E7:32:43:D2:88:83:57:AC:2D:65:E5:80:C4:B6:FB:AF:1A:A0:21:9F:6D:0C:AD',
    },
  ],
};

export const SCTP_CAPABILITIES = { numStreams: { OS: 1024, MIS: 1024 } };

let ssrc = 1_000_000;

export function audioParameters(): Record<string, unknown> {
  ssrc += 2;
  return {
    mid: String(ssrc),
    codecs: [
      {
        mimeType: 'audio/opus',
        payloadType: 111,
        clockRate: 48_000,
        channels: 2,
        parameters: { minptime: 10, useinbandfec: 1, usedtx: 1 },
        rtcpFeedback: [{ type: 'transport-cc', parameter: '' }],
      },
    ],
    headerExtensions: [
      { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 4, encrypt: false, parameters: {} },
      { uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: 1, encrypt: false, parameters: {} },
    ],
    encodings: [{ ssrc, dtx: true }],
    rtcp: { cname: 'test', reducedSize: true },
  };
}

/** VP8 in three simulcast layers with retransmission. */
export function videoParameters(): Record<string, unknown> {
  ssrc += 2;
  return {
    mid: String(ssrc),
    codecs: [
      {
        mimeType: 'video/VP8',
        payloadType: 96,
        clockRate: 90_000,
        parameters: {},
        rtcpFeedback: [
          { type: 'goog-remb', parameter: '' },
          { type: 'transport-cc', parameter: '' },
          { type: 'ccm', parameter: 'fir' },
          { type: 'nack', parameter: '' },
          { type: 'nack', parameter: 'pli' },
        ],
      },
      {
        mimeType: 'video/rtx',
        payloadType: 97,
        clockRate: 90_000,
        parameters: { apt: 96 },
        rtcpFeedback: [],
      },
    ],
    headerExtensions: [
      { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 4, encrypt: false, parameters: {} },
      {
        uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
        id: 10,
        encrypt: false,
        parameters: {},
      },
    ],
    encodings: ['r0', 'r1', 'r2'].map((rid) => ({ rid, scalabilityMode: 'L1T3' })),
    rtcp: { cname: 'test', reducedSize: true },
  };
}

export interface TransportAnswer {
  id: string;
  iceParameters: { usernameFragment: string; password: string };
  iceCandidates: { protocol: 'udp' | 'tcp'; address: string; port: number; foundation: string }[];
  dtlsParameters: { fingerprints: unknown[] };
  sctpParameters?: { port: number };
}

export async function createTransport(
  client: SignalingClient,
  what: {
    producing: boolean;
    consuming: boolean;
    forceTcp?: boolean;
    sctp?: boolean;
    standby?: boolean;
  },
): Promise<TransportAnswer> {
  const { sctp, ...rest } = what;
  return await client.request<TransportAnswer>('createWebRtcTransport', {
    ...rest,
    ...(sctp ? { sctpCapabilities: SCTP_CAPABILITIES } : {}),
  });
}

/** A sending transport with one producer on it. Answers the producer's id. */
export async function produce(
  client: SignalingClient,
  kind: 'audio' | 'video',
  appData: Record<string, unknown> = {},
  more: { replaces?: string; paused?: boolean } = {},
): Promise<{ producerId: string; transportId: string }> {
  const transport = await createTransport(client, { producing: true, consuming: false });
  const producer = await client.request<{ id: string }>('produce', {
    transportId: transport.id,
    kind,
    rtpParameters: kind === 'audio' ? audioParameters() : videoParameters(),
    appData,
    ...more,
  });
  return { producerId: producer.id, transportId: transport.id };
}
