import { openCarrier } from './carrier.ts';
import type { Carrier, CarrierKind, ServerAddress } from './carrier.ts';
import {
  ATTRIBUTE,
  CLASS,
  decode,
  decodeAddress,
  encode,
  encodeAddress,
  errorCode,
  find,
  longTermKey,
  METHOD,
  newTransactionId,
} from './message.ts';
import type { Attribute, Message, TransportAddress } from './message.ts';

/** How long a TURN server on this machine may take for an answer, ms. */
const ANSWER_TIMEOUT_MS = 3_000;
/** First retransmission of a request over UDP, ms (RFC 8489 §6.2.1 proposes 500). */
const RETRANSMIT_MS = 500;
const UDP_PROTOCOL = 17;
const TCP_PROTOCOL = 6;

export interface TurnCredentials {
  username: string;
  credential: string;
}

/** A TURN server's "no", with the STUN error code (401, 403, 437, 443, 486, …). */
export class TurnError extends Error {
  override readonly name = 'TurnError';
  readonly code: number;
  constructor(code: number, what: string) {
    super(`${what}: error ${code}`);
    this.code = code;
  }
}

/** A TURN client for tests: says exactly what the server answered, and can misbehave on purpose. */
export class TurnClient {
  readonly #carrier: Carrier;
  readonly #waiting = new Map<string, (message: Message) => void>();
  readonly #received: { from: TransportAddress | number; data: Buffer }[] = [];
  #onData: (() => void) | undefined;
  #credentials: TurnCredentials | undefined;
  #realm = '';
  #nonce: Buffer | undefined;

  private constructor(carrier: Carrier) {
    this.#carrier = carrier;
    carrier.onPacket((bytes) => this.#receive(bytes));
  }

  static async open(kind: CarrierKind, server: ServerAddress): Promise<TurnClient> {
    return new TurnClient(await openCarrier(kind, server));
  }

  get localPort(): number {
    return this.#carrier.localPort;
  }

  get realm(): string {
    return this.#realm;
  }

  onClose(take: () => void): void {
    this.#carrier.onClose(take);
  }

  close(): void {
    this.#carrier.close();
  }

  /**
   * Allocates a relayed address.
   * @throws {TurnError} what the server answered after the challenge; 401 also without credentials.
   */
  async allocate(
    credentials?: TurnCredentials,
    options: { family?: 4 | 6; tcpRelay?: boolean; lifetimeSeconds?: number } = {},
  ): Promise<TransportAddress> {
    this.#credentials = credentials;
    const transport = Buffer.from([options.tcpRelay ? TCP_PROTOCOL : UDP_PROTOCOL, 0, 0, 0]);
    const attributes: Attribute[] = [{ type: ATTRIBUTE.REQUESTED_TRANSPORT, value: transport }];
    if (options.family) {
      const value = Buffer.from([options.family === 6 ? 2 : 1, 0, 0, 0]);
      attributes.push({ type: ATTRIBUTE.REQUESTED_ADDRESS_FAMILY, value });
    }
    if (options.lifetimeSeconds !== undefined) {
      attributes.push({ type: ATTRIBUTE.LIFETIME, value: uint32(options.lifetimeSeconds) });
    }
    const { answer } = await this.#request(METHOD.ALLOCATE, () => attributes);
    const relayed = find(answer, ATTRIBUTE.XOR_RELAYED_ADDRESS);
    if (!relayed) throw new Error('the answer has no XOR-RELAYED-ADDRESS');
    return decodeAddress(relayed, answer.transactionId);
  }

  /** @throws {TurnError} 403 when the server does not relay to `peer`. */
  async createPermission(peer: TransportAddress): Promise<void> {
    await this.#request(METHOD.CREATE_PERMISSION, (id) => [
      { type: ATTRIBUTE.XOR_PEER_ADDRESS, value: encodeAddress(peer, id) },
    ]);
  }

  /** @throws {TurnError} 403 when the server does not relay to `peer`. */
  async bindChannel(channel: number, peer: TransportAddress): Promise<void> {
    await this.#request(METHOD.CHANNEL_BIND, (id) => [
      { type: ATTRIBUTE.CHANNEL_NUMBER, value: Buffer.from([channel >> 8, channel & 0xff, 0, 0]) },
      { type: ATTRIBUTE.XOR_PEER_ADDRESS, value: encodeAddress(peer, id) },
    ]);
  }

  /** TCP towards the peer (RFC 6062). @throws {TurnError} */
  async connectTcpPeer(peer: TransportAddress): Promise<void> {
    await this.#request(METHOD.CONNECT, (id) => [
      { type: ATTRIBUTE.XOR_PEER_ADDRESS, value: encodeAddress(peer, id) },
    ]);
  }

  /** Renews the allocation, or ends it with 0. Answers the lifetime granted, s. @throws {TurnError} */
  async refresh(lifetimeSeconds: number): Promise<number> {
    const { answer } = await this.#request(METHOD.REFRESH, () => [
      { type: ATTRIBUTE.LIFETIME, value: uint32(lifetimeSeconds) },
    ]);
    return find(answer, ATTRIBUTE.LIFETIME)?.readUInt32BE(0) ?? 0;
  }

  /** Sends one datagram by a Send indication; the server says nothing when it drops it. */
  sendTo(peer: TransportAddress, data: Buffer): void {
    const transactionId = newTransactionId();
    this.#send({
      method: METHOD.SEND,
      class: CLASS.INDICATION,
      transactionId,
      attributes: [
        { type: ATTRIBUTE.XOR_PEER_ADDRESS, value: encodeAddress(peer, transactionId) },
        { type: ATTRIBUTE.DATA, value: data },
      ],
    });
  }

  /** Sends one datagram by ChannelData (RFC 8656 §12.5). */
  sendOnChannel(channel: number, data: Buffer): void {
    const packet = Buffer.alloc(4 + Math.ceil(data.length / 4) * 4);
    packet.writeUInt16BE(channel, 0);
    packet.writeUInt16BE(data.length, 2);
    data.copy(packet, 4);
    this.#carrier.send(packet);
  }

  /** The next datagram that came from a peer, with the peer's address or the channel number. */
  async receive(
    timeoutMs = ANSWER_TIMEOUT_MS,
  ): Promise<{ from: TransportAddress | number; data: Buffer }> {
    const there = this.#received.shift();
    if (there) return there;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no datagram in ${timeoutMs} ms`)),
        timeoutMs,
      );
      this.#onData = () => {
        clearTimeout(timer);
        this.#onData = undefined;
        resolve();
      };
    });
    return await this.receive(timeoutMs);
  }

  /** A request, repeated once with what a 401 or 438 taught (RFC 8489 §9.2.5). */
  async #request(
    method: number,
    attributes: (transactionId: Buffer) => Attribute[],
  ): Promise<{ answer: Message }> {
    const what =
      Object.entries(METHOD).find(([, value]) => value === method)?.[0] ?? String(method);
    for (let tries = 0; ; tries += 1) {
      const answer = await this.#exchange(method, attributes);
      if (answer.class === CLASS.SUCCESS) return { answer };
      const code = errorCode(answer) ?? 0;
      const nonce = find(answer, ATTRIBUTE.NONCE);
      const mayRepeat = tries === 0 && this.#credentials && (code === 401 || code === 438) && nonce;
      this.#realm = find(answer, ATTRIBUTE.REALM)?.toString() ?? this.#realm;
      if (!mayRepeat) throw new TurnError(code, what);
      this.#nonce = Buffer.from(nonce);
    }
  }

  async #exchange(
    method: number,
    attributes: (transactionId: Buffer) => Attribute[],
  ): Promise<Message> {
    const transactionId = newTransactionId();
    const message = {
      method,
      class: CLASS.REQUEST,
      transactionId,
      attributes: attributes(transactionId),
    };
    const key = transactionId.toString('hex');
    return await new Promise((resolve, reject) => {
      const repeat = setInterval(() => this.#send(message), RETRANSMIT_MS);
      const done = () => {
        clearInterval(repeat);
        clearTimeout(timer);
        this.#waiting.delete(key);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`no answer in ${ANSWER_TIMEOUT_MS} ms`));
      }, ANSWER_TIMEOUT_MS);
      this.#waiting.set(key, (answer) => {
        done();
        resolve(answer);
      });
      this.#send(message);
    });
  }

  #send(message: Message): void {
    const { username, credential } = this.#credentials ?? {};
    if (message.class === CLASS.INDICATION || !username || !credential || !this.#nonce) {
      this.#carrier.send(encode(message));
      return;
    }
    const attributes = [
      ...message.attributes,
      { type: ATTRIBUTE.USERNAME, value: Buffer.from(username) },
      { type: ATTRIBUTE.REALM, value: Buffer.from(this.#realm) },
      { type: ATTRIBUTE.NONCE, value: this.#nonce },
    ];
    const key = longTermKey(username, this.#realm, credential);
    this.#carrier.send(encode({ ...message, attributes }, key));
  }

  #receive(bytes: Buffer): void {
    if ((bytes.readUInt8(0) & 0xc0) === 0x40) {
      const data = Buffer.from(bytes.subarray(4, 4 + bytes.readUInt16BE(2)));
      this.#received.push({ from: bytes.readUInt16BE(0), data });
      this.#onData?.();
      return;
    }
    const message = decode(Buffer.from(bytes));
    if (message.class === CLASS.INDICATION) {
      const peer = find(message, ATTRIBUTE.XOR_PEER_ADDRESS);
      const data = find(message, ATTRIBUTE.DATA);
      if (peer && data) {
        this.#received.push({ from: decodeAddress(peer, message.transactionId), data });
        this.#onData?.();
      }
      return;
    }
    this.#waiting.get(message.transactionId.toString('hex'))?.(message);
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
