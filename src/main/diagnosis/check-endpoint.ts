import { DISCOVERY_PATH, DiscoveryDocument } from '../../shared/discovery.ts';
import { parseServerUrl, parseSignalingBaseUrl } from '../../shared/endpoint.ts';
import type { EndpointCheck, EndpointDiagnosis, EndpointRole } from '../../shared/ipc.ts';
import type { EffectiveSettings } from '../../shared/settings.ts';
import { proxiesForbidden, serverForbidden } from '../../shared/settings/allowed.ts';
import { diagnoseAnswer, diagnoseError } from './net-errors.ts';

/** Somebody waits in front of a button. */
const TIMEOUT_MS = 5000;

/** A discovery document has a few hundred bytes; what is longer is something else. */
const MAX_DOCUMENT_BYTES = 64 * 1024;

type Fetch = (url: string, init: RequestInit) => Promise<Response>;
/** What else can be found out of an attempt on a URL that failed, or does not come to an end. */
type Detail = (attempt: Promise<EndpointDiagnosis>, url: string) => Promise<EndpointDiagnosis>;

export interface EndpointChecksOptions {
  fetch: Fetch;
  detail: Detail;
  settings: () => Pick<EffectiveSettings, 'values' | 'policy'>;
}

/**
 * Looks what stands at an address that is not in use yet, for the "Check" buttons of the settings.
 * It asks for the discovery document and tells no more of it than what kind of host it is.
 */
export class EndpointChecks {
  readonly #options: EndpointChecksOptions;
  readonly #underWay: string[] = [];

  constructor(options: EndpointChecksOptions) {
    this.#options = options;
  }

  /**
   * Whether a request is one that a check has made: the request filter lets it through, unless calls
   * have come to be refused since.
   */
  isOwn(url: string): boolean {
    return !this.#options.settings().policy.callsRefused && this.#underWay.includes(url);
  }

  /**
   * The same limits hold as for a call: no host that the policy forbids, and nothing past a Cloud
   * Proxy. Within them the page learns no more than by setting the address and joining.
   */
  async check(role: EndpointRole, address: string): Promise<EndpointCheck> {
    const parsed = role === 'proxy' ? parseSignalingBaseUrl(address) : parseServerUrl(address);
    if (!parsed.ok) return { kind: 'not-asked', problem: parsed.problem };
    const origin = parsed.endpoint.httpOrigin;
    const problem = this.#whyNot(role, origin);
    if (problem !== undefined) return { kind: 'not-asked', problem };
    const url = new URL(DISCOVERY_PATH, origin).href;
    this.#underWay.push(url);
    try {
      return await this.#askInDetail(url);
    } finally {
      this.#underWay.splice(this.#underWay.indexOf(url), 1);
    }
  }

  #whyNot(role: EndpointRole, origin: string): string | undefined {
    const { values, policy } = this.#options.settings();
    if (policy.callsRefused) return policy.callsRefused.message;
    if (role === 'proxy') return proxiesForbidden(values, [origin])?.message;
    if (values.signalingBaseUrl.length > 0) {
      return 'Calls go through the Cloud Proxy: this computer never connects to the meeting server itself. Check the Cloud Proxy instead.';
    }
    return proxiesForbidden(values, [])?.message ?? serverForbidden(values, origin)?.message;
  }

  async #askInDetail(url: string): Promise<EndpointCheck> {
    const asked = this.#ask(url);
    const diagnosis = await this.#options.detail(asked.then(diagnosisOf), url);
    // An HTTP proxy that is silent is found out before the attempt through it ends.
    if (diagnosis.kind !== 'answers') return { kind: 'silent', diagnosis };
    return await asked;
  }

  async #ask(url: string): Promise<EndpointCheck> {
    try {
      const response = await this.#options.fetch(url, {
        redirect: 'manual',
        credentials: 'omit',
        cache: 'no-store',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const diagnosis = diagnoseAnswer(response.status);
      if (!response.ok) {
        void response.body?.cancel().catch(() => undefined);
        return { kind: 'silent', diagnosis };
      }
      const role = roleIn(await readText(response));
      return role === undefined ? { kind: 'silent', diagnosis } : { kind: 'stands', role };
    } catch (error) {
      return { kind: 'silent', diagnosis: diagnoseError(error) };
    }
  }
}

function diagnosisOf(check: EndpointCheck): EndpointDiagnosis {
  return check.kind === 'silent' ? check.diagnosis : diagnoseAnswer(200);
}

function roleIn(text: string): EndpointRole | undefined {
  try {
    const { role } = DiscoveryDocument.parse(JSON.parse(text));
    return role === 'room' ? 'server' : 'proxy';
  } catch {
    return undefined;
  }
}

/** The body, or its beginning when it is longer than a discovery document can be. */
async function readText(response: Response): Promise<string> {
  if (!response.body) return '';
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_DOCUMENT_BYTES) break;
  }
  return text;
}
