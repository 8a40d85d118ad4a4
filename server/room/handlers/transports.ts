import type { types } from 'mediasoup';
import { ProtooError } from '../../../src/shared/protoo.ts';
import { consumeEverything } from '../consuming.ts';
import { consumeAllData } from '../data-consuming.ts';
import { withFurtherAddresses } from '../media-addresses.ts';
import type { Peer } from '../peer.ts';
import type { PeerTransport } from '../peer-media.ts';
import { type HandlerContext, type HandlersOf, withClientParameters } from './handler.ts';

/** Transports: made, connected, restarted, and closed when they are beyond repair. */

/** Where the estimate of a receiver's bandwidth starts, bit/s: a first picture at once. */
const INITIAL_OUTGOING_BITRATE = 1_000_000;

/**
 * Without a STUN consent check for this long, s, the pair is dead (RFC 7675 §5.1 names 30 s).
 * A client that wants to repair the transport by an ICE restart needs some of that time.
 */
const ICE_CONSENT_TIMEOUT_S = 30;

/**
 * How long a transport without any ICE pair is kept, ms: for an ICE restart, or for checks to come
 * in again, which mediasoup takes for the old pair's. For a peer that may be away longer than this,
 * it is kept as long as its place.
 */
const ICE_RECOVERY_MS = 30_000;

/** Bandwidth estimates change with every feedback packet; a client needs one per second. */
const DOWNLINK_BWE_INTERVAL_MS = 1_000;

export const transportHandlers: HandlersOf<
  | 'createWebRtcTransport'
  | 'connectWebRtcTransport'
  | 'restartIce'
  | 'closeTransport'
  | 'getTransportStats'
> = {
  async createWebRtcTransport(context, data) {
    const { room, peer, config } = context;
    const { forceTcp, producing, consuming, sctpCapabilities } = data;
    const standby = data.standby ?? false;
    if (standby && !consuming) {
      throw new ProtooError(400, 'standby: a transport that is not for consuming cannot be one');
    }
    const owned = await peer.transports.create(async () => {
      const transport = await room.router.createWebRtcTransport({
        webRtcServer: room.webRtcServer,
        enableUdp: !forceTcp,
        enableTcp: true,
        preferUdp: true,
        initialAvailableOutgoingBitrate: INITIAL_OUTGOING_BITRATE,
        iceConsentTimeout: ICE_CONSENT_TIMEOUT_S,
        enableSctp: sctpCapabilities !== undefined,
        ...(sctpCapabilities ? { numSctpStreams: sctpCapabilities.numStreams } : {}),
      });
      if (peer.closed) {
        transport.close();
        throw new ProtooError(499, 'the peer left');
      }
      return {
        id: transport.id,
        transport,
        producing,
        consuming,
        flow: 'silent',
        connectAsked: false,
        closedByClient: false,
      };
    });
    watch(context, owned);
    if (consuming && !standby) {
      peer.receiveOn(owned, false);
      startReceiving(context);
    }
    const { transport } = owned;
    return {
      id: transport.id,
      iceParameters: transport.iceParameters,
      iceCandidates: withFurtherAddresses(
        transport.iceCandidates,
        config.listenIp,
        config.announcedAddress,
      ),
      dtlsParameters: transport.dtlsParameters,
      sctpParameters: transport.sctpParameters,
    };
  },

  async connectWebRtcTransport({ peer }, { transportId, dtlsParameters }) {
    const owned = peer.transports.get(transportId);
    if (owned.connectAsked) throw new ProtooError(403, `transport “${transportId}” is connected`);
    owned.connectAsked = true;
    try {
      await withClientParameters(
        async () =>
          await owned.transport.connect({
            dtlsParameters: dtlsParameters as types.DtlsParameters,
          }),
      );
    } catch (error) {
      owned.connectAsked = false;
      throw error;
    }
  },

  async restartIce({ peer }, { transportId }) {
    return await peer.transports.get(transportId).transport.restartIce();
  },

  closeTransport({ peer }, { transportId }) {
    const owned = peer.transports.get(transportId);
    owned.closedByClient = true;
    owned.transport.close();
  },

  async getTransportStats({ peer }, { transportId }) {
    return await peer.transports.get(transportId).transport.getStats();
  },
};

/** What the others already send goes to a receiving transport as soon as there is one. */
function startReceiving({ room, peer }: HandlerContext): void {
  if (!peer.joined) return;
  consumeEverything(room, peer);
  consumeAllData(room, peer);
}

/** Another transport of this peer may take over what came in on one that is gone. */
function takeOver(context: HandlerContext): void {
  const { peer } = context;
  const heir = peer.receivingTransport;
  if (!heir) return;
  peer.receiveOn(heir, false);
  peer.settle();
  startReceiving(context);
}

/** A lost signaling connection is noticed later than lost media, and its grace begins only then. */
function recoveryTime(peer: Peer, resumeGraceSeconds: number): number {
  return peer.resumeKey ? Math.max(ICE_RECOVERY_MS, resumeGraceSeconds * 1000) : ICE_RECOVERY_MS;
}

function watch(context: HandlerContext, owned: PeerTransport): void {
  const { peer, metrics, config } = context;
  const { transport } = owned;
  let recovery: NodeJS.Timeout | undefined;
  const giveUpLater = (): void => {
    recovery = setTimeout(
      () => {
        // Whoever comes back finds what can be kept, and gets this time again.
        if (peer.isAbsent) giveUpLater();
        else transport.close();
      },
      recoveryTime(peer, config.resumeGraceSeconds),
    );
  };
  transport.on('icestatechange', (state) => {
    clearTimeout(recovery);
    if (state === 'disconnected') giveUpLater();
  });
  transport.on('iceselectedtuplechange', (tuple) => metrics.iceConnected(tuple.protocol));
  transport.on('dtlsstatechange', (state) => {
    if (state === 'failed' || state === 'closed') transport.close();
  });
  transport.observer.once('close', () => {
    clearTimeout(recovery);
    peer.transports.delete(transport.id);
    if (owned.consuming && !peer.closed) takeOver(context);
  });
  if (owned.consuming) reportBandwidth(context, transport);
}

function reportBandwidth({ room, peer }: HandlerContext, transport: types.WebRtcTransport): void {
  let reportedAt = Number.NEGATIVE_INFINITY;
  transport.on('trace', (trace) => {
    if (trace.type !== 'bwe' || trace.direction !== 'out') return;
    if (peer.receivingTransport?.transport !== transport) return;
    const now = performance.now();
    if (now - reportedAt < DOWNLINK_BWE_INTERVAL_MS) return;
    reportedAt = now;
    const info = trace.info as Record<string, number>;
    peer.connection.notify('downlinkBwe', {
      desiredBitrate: info['desiredBitrate'],
      effectiveDesiredBitrate: info['effectiveDesiredBitrate'],
      availableBitrate: info['availableBitrate'],
    });
  });
  transport.enableTraceEvent(['bwe']).catch((error: unknown) => {
    if (!transport.closed) room.logger.warn({ err: error }, 'no bandwidth reports');
  });
}
