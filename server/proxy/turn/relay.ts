import type { Logger } from '../../shared/logger.ts';
import type { TlsFiles } from '../../shared/tls.ts';
import type { IceServer } from '../../../src/shared/discovery.ts';
import { TURN_PROBE_INTERVAL_MS, TURN_PROBES_UNTIL_DOWN } from '../limits.ts';
import type { AdvertisedPort } from '../options.ts';
import { probeTurn } from './probe.ts';
import { signTurnCredentials } from './secrets.ts';
import type { TurnSecrets } from './secrets.ts';
import type { ExternalTurn, OwnTurn, TurnSettings } from './settings.ts';
import { TurnSupervisor } from './supervisor.ts';

export interface RelayOffer {
  iceServers: IceServer[];
  /** ms since the epoch. */
  credentialsExpireAt: number;
}

/** The media relay as the gateway sees it: is it up, and how does a client get at it. */
export class Relay {
  readonly #lifetimeSeconds: number;
  readonly #advertised: AdvertisedPort[];
  readonly #process: TurnSupervisor | ExternalProbe;
  #secrets: TurnSecrets;

  private constructor(
    process: TurnSupervisor | ExternalProbe,
    advertised: AdvertisedPort[],
    secrets: TurnSecrets,
    lifetimeSeconds: number,
  ) {
    this.#process = process;
    this.#advertised = advertised;
    this.#secrets = secrets;
    this.#lifetimeSeconds = lifetimeSeconds;
  }

  /** @throws {StartupError} coturn cannot be started. */
  static async start(options: {
    settings: TurnSettings;
    secrets: TurnSecrets;
    credentialSeconds: number;
    tls: TlsFiles | undefined;
    logger: Logger;
    watch: (supervisor: TurnSupervisor) => void;
  }): Promise<Relay> {
    const { settings, secrets, tls, logger } = options;
    const process =
      settings.kind === 'own'
        ? await TurnSupervisor.start(settings, secrets, tls, logger, options.watch)
        : await ExternalProbe.start(settings, logger);
    const advertised =
      settings.advertised.length > 0
        ? settings.advertised
        : process instanceof TurnSupervisor
          ? listeningPorts(process.settings)
          : [];
    return new Relay(process, advertised, secrets, options.credentialSeconds);
  }

  get up(): boolean {
    return this.#process.up;
  }

  /** coturn as a child; undefined where it runs elsewhere. */
  get supervisor(): TurnSupervisor | undefined {
    return this.#process instanceof TurnSupervisor ? this.#process : undefined;
  }

  /** @param host Name or address, IPv6 without brackets, that stands in the TURN URLs. */
  offer(host: string, person: { sub: string; room: string }): RelayOffer {
    const { username, credential, expiresAt } = signTurnCredentials(
      this.#secrets,
      person,
      this.#lifetimeSeconds,
    );
    const shown = host.includes(':') ? `[${host}]` : host;
    const urls = this.#advertised.map(({ kind, port }) =>
      kind === 'tls'
        ? `turns:${shown}:${port}?transport=tcp`
        : `turn:${shown}:${port}?transport=${kind}`,
    );
    return { iceServers: [{ urls, username, credential }], credentialsExpireAt: expiresAt };
  }

  /** New credentials are signed with the first; all are accepted by our coturn from now on. */
  setSecrets(secrets: TurnSecrets): void {
    this.supervisor?.setSecrets(secrets);
    this.#secrets = secrets;
  }

  reloadCertificate(): void {
    this.supervisor?.reloadCertificate();
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }
}

function listeningPorts(settings: OwnTurn): AdvertisedPort[] {
  return [
    { kind: 'udp', port: settings.port },
    { kind: 'tcp', port: settings.port },
    ...(settings.tlsPort === undefined ? [] : [{ kind: 'tls' as const, port: settings.tlsPort }]),
  ];
}

/** Watches a coturn that somebody else keeps running. */
class ExternalProbe {
  readonly #timer: NodeJS.Timeout;
  #failed = 0;
  #up: boolean;

  private constructor(settings: ExternalTurn, up: boolean, logger: Logger) {
    this.#up = up;
    this.#timer = setInterval(() => void this.#ask(settings, logger), TURN_PROBE_INTERVAL_MS);
    this.#timer.unref();
  }

  static async start(settings: ExternalTurn, logger: Logger): Promise<ExternalProbe> {
    const up = await probeTurn(settings.probe.host, settings.probe.port);
    if (!up) logger.warn(settings.probe, 'the external coturn does not answer');
    return new ExternalProbe(settings, up, logger);
  }

  get up(): boolean {
    return this.#up;
  }

  async #ask(settings: ExternalTurn, logger: Logger): Promise<void> {
    const answered = await probeTurn(settings.probe.host, settings.probe.port);
    this.#failed = answered ? 0 : this.#failed + 1;
    const up = answered || (this.#up && this.#failed < TURN_PROBES_UNTIL_DOWN);
    if (up === this.#up) return;
    this.#up = up;
    if (up) logger.info(settings.probe, 'the external coturn answers again');
    else logger.error(settings.probe, 'the external coturn does not answer');
  }

  stop(): Promise<void> {
    clearInterval(this.#timer);
    return Promise.resolve();
  }
}
