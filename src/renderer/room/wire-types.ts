import type { types } from 'mediasoup-client';
import type {
  ClientRequest,
  ClientResponse,
  IceCandidate,
  ServerRequest,
} from '../../shared/signaling.ts';
import { candidateAddress, type ConnectionPolicy } from './policy.ts';

/**
 * Between the wire's types and mediasoup-client's: the same RTP, ICE and DTLS parameters, checked
 * for shape by the signaling schemas and for content by mediasoup-client, which types them more
 * closely. The only place where one is taken for the other.
 */

export function toRtpCapabilities(
  wire: ClientResponse<'getRouterRtpCapabilities'>,
): types.RtpCapabilities {
  return wire as types.RtpCapabilities;
}

export function fromRtpCapabilities(
  capabilities: types.RtpCapabilities,
): ClientRequest<'join'>['rtpCapabilities'] {
  return capabilities;
}

export function toRtpParameters(
  wire: ServerRequest<'newConsumer'>['rtpParameters'],
): types.RtpParameters {
  return wire as types.RtpParameters;
}

export function toIceParameters(wire: ClientResponse<'restartIce'>): types.IceParameters {
  return wire as types.IceParameters;
}

/** @param candidates Of the wire's, those that policy allows. */
export function toTransportOptions(
  wire: ClientResponse<'createWebRtcTransport'>,
  candidates: readonly IceCandidate[],
  policy: ConnectionPolicy,
): types.TransportOptions {
  return {
    id: wire.id,
    iceParameters: toIceParameters(wire.iceParameters),
    dtlsParameters: wire.dtlsParameters as types.DtlsParameters,
    iceCandidates: candidates.flatMap((candidate) => {
      const address = candidateAddress(candidate);
      return address === undefined ? [] : [{ ...candidate, address } as types.IceCandidate];
    }),
    ...(wire.sctpParameters && {
      sctpParameters: wire.sctpParameters as unknown as types.SctpParameters,
    }),
    iceServers: policy.iceServers,
    iceTransportPolicy: policy.iceTransportPolicy,
    // A relay is asked for its address at once, not first when there is something to negotiate
    // (W3C webrtc §4.2.1, ICE candidate pool): a handshake or two that a join need not wait for.
    ...(policy.iceTransportPolicy === 'relay' && {
      additionalSettings: { iceCandidatePoolSize: 1 },
    }),
  };
}
