import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Namespaces } from './namespaces.ts';
import type { Counter } from './namespaces.ts';

/**
 * A company's edge: the employee's computer (`client`) in one namespace, an edge router with the
 * firewall and the resolver in another, and the hosts outside, each in its own. Every packet of the
 * client crosses the edge, where it is counted before the firewall sees it: what the client tried
 * to send is what is counted, not what got through.
 */

export const CLIENT = 'client';
export const EDGE = 'edge';
export const CLIENT_ADDRESS = '10.10.0.2';
export const CLIENT_GATEWAY = '10.10.0.1';
/** A global address and a default route: what would leave by IPv6 does, and is counted. */
export const CLIENT_ADDRESS_V6 = '2001:db8:10::2';
const CLIENT_GATEWAY_V6 = '2001:db8:10::1';

/** A host outside the company. `address`: IPv4, alone in its /24, not ending in .1. */
export interface OutsideHost {
  name: string;
  address: string;
  /** Names that the company's resolver answers with the address. */
  dnsNames?: string[];
}

/** A kind of packet from the client: the first that matches counts it. `match` is an nft expression. */
export interface WatchedTraffic {
  name: string;
  match: string;
}

/** Rules of the firewall, in nft's words, for what passes to or from the client; the rest passes. */
export type FirewallPolicy = readonly string[];

/** Counters of what nothing else matched. All 0: the client sent nothing but what is watched. */
export const ELSEWHERE = ['udp_elsewhere', 'tcp_elsewhere', 'other_elsewhere'] as const;
/** What the client’s kernel says on its own link, to nobody beyond it. */
const LINK_MESSAGES =
  'nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld-listener-report, mld2-listener-report';
export type Traffic = Record<string, Counter>;

export interface EdgeNetworkOptions {
  hosts: OutsideHost[];
  watched: WatchedTraffic[];
}

export class EdgeNetwork {
  readonly namespaces = new Namespaces();
  readonly #options: EdgeNetworkOptions;
  #clientLink = '';

  private constructor(options: EdgeNetworkOptions) {
    this.#options = options;
  }

  static async create(options: EdgeNetworkOptions): Promise<EdgeNetwork> {
    const network = new EdgeNetwork(options);
    try {
      await network.#build();
    } catch (error) {
      await network.destroy();
      throw error;
    }
    return network;
  }

  get clientSystemName(): string {
    return this.namespaces.systemName(CLIENT);
  }

  async destroy(): Promise<void> {
    await this.namespaces.destroy();
  }

  /** Replaces the firewall's rules in one step, also under a running call. */
  async setPolicy(policy: FirewallPolicy): Promise<void> {
    await this.namespaces.nft(
      EDGE,
      `table inet firewall {}
       delete table inet firewall
       table inet firewall {
         chain client {
           ${policy.join('\n')}
         }
         chain forward {
           type filter hook forward priority 0; policy accept;
           iifname "${this.#clientLink}" jump client
           oifname "${this.#clientLink}" jump client
         }
       }`,
    );
  }

  /**
   * What the client has sent since the network was made or {@link resetTraffic}: packets and bytes
   * by the names of the watched kinds, `dns` (to the company's resolver), `link` (the IPv6 neighbour
   * discovery of its own link; ARP is not counted), and those of {@link ELSEWHERE} for all the rest,
   * by either IP version.
   */
  async traffic(): Promise<Traffic> {
    return await this.namespaces.counters(EDGE);
  }

  async resetTraffic(): Promise<void> {
    await this.namespaces.resetCounters(EDGE);
  }

  async #build(): Promise<void> {
    const { namespaces } = this;
    await namespaces.create(EDGE);
    await namespaces.forward(EDGE);
    await namespaces.create(CLIENT);
    // Named before anything runs in the namespace: whatever starts there sees this resolver.
    namespaces.resolver(CLIENT, CLIENT_GATEWAY);
    const link = await namespaces.link(EDGE, CLIENT, {
      a: [`${CLIENT_GATEWAY}/24`, `${CLIENT_GATEWAY_V6}/64`],
      b: [`${CLIENT_ADDRESS}/24`, `${CLIENT_ADDRESS_V6}/64`],
    });
    this.#clientLink = link.a;
    await namespaces.route(CLIENT, 'default', CLIENT_GATEWAY);
    await namespaces.route(CLIENT, 'default', CLIENT_GATEWAY_V6);
    for (const { name, address } of this.#options.hosts) {
      const gateway = address.replace(/\d+$/, '1');
      await namespaces.create(name);
      namespaces.resolver(name, gateway);
      await namespaces.link(EDGE, name, { a: [`${gateway}/24`], b: [`${address}/24`] });
      await namespaces.route(name, 'default', gateway);
    }
    await namespaces.nft(EDGE, this.#countingRules());
    await this.setPolicy([]);
    await this.#startResolver();
  }

  #countingRules(): string {
    const { watched } = this.#options;
    const names = [...watched.map(({ name }) => name), 'dns', 'link', ...ELSEWHERE];
    return `table inet watch {
      ${names.map((name) => `counter ${name} {}`).join('\n')}
      chain from_client {
        type filter hook prerouting priority -300; policy accept;
        iifname != "${this.#clientLink}" return
        ${watched.map(({ name, match }) => `${match} counter name ${name} return`).join('\n')}
        ip daddr ${CLIENT_GATEWAY} meta l4proto { tcp, udp } th dport 53 counter name dns return
        ip daddr ${CLIENT_GATEWAY} icmp type destination-unreachable counter name dns return
        icmpv6 type { ${LINK_MESSAGES} } counter name link return
        meta l4proto udp counter name udp_elsewhere return
        meta l4proto tcp counter name tcp_elsewhere return
        counter name other_elsewhere
      }
    }`;
  }

  /** dnsmasq with the test's names, and "no such name" for all others. */
  async #startResolver(): Promise<void> {
    const records = this.#options.hosts.flatMap(({ address, dnsNames = [] }) =>
      dnsNames.map((name) => `--host-record=${name},${address}`),
    );
    const child = this.namespaces.spawn(
      EDGE,
      [
        ...['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--log-facility=-'],
        ...['--user=root', '--pid-file=', '--no-hosts', '--no-resolv', '--address=/#/'],
        ...records,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    if (!child.stderr) throw new Error('dnsmasq has no standard error');
    const lines = createInterface({ input: child.stderr });
    const said: string[] = [];
    await Promise.race([
      once(child, 'error').then(([error]) => Promise.reject(error as Error)),
      once(child, 'exit').then(() => {
        throw new Error(`dnsmasq ended: ${said.join('; ')}`);
      }),
      new Promise<void>((resolve) => {
        lines.on('line', (line) => {
          said.push(line);
          if (line.includes('started, version')) resolve();
        });
      }),
    ]);
  }
}
