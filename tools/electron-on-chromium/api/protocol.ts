import type { CustomScheme, Protocol } from 'electron';
import { originMapping } from '../origin-mapping.ts';
import { strict } from '../unsupported.ts';

type Handler = (request: Request) => Response | Promise<Response>;

const handlers = new Map<string, Handler>();
let sealed = false;

/** The app is ready: Electron takes no more schemes from here on, so neither do we. */
export function sealSchemes(): void {
  sealed = true;
}

/** The app's answer to one of its own URLs; undefined when the scheme has no handler. */
export function protocolHandler(url: string): Handler | undefined {
  return handlers.get(new URL(url).protocol.slice(0, -1));
}

export const protocol: Pick<
  Protocol,
  'registerSchemesAsPrivileged' | 'handle' | 'unhandle' | 'isProtocolHandled'
> = strict(
  {
    registerSchemesAsPrivileged: (schemes: CustomScheme[]) => {
      if (sealed)
        throw new Error(
          'protocol.registerSchemesAsPrivileged should be called before app is ready',
        );
      for (const { scheme } of schemes) originMapping.add(scheme);
    },
    handle: (scheme: string, handler: Handler) => {
      if (handlers.has(scheme))
        throw new Error(`Failed to register protocol: ${scheme}. It is already handled.`);
      originMapping.add(scheme);
      handlers.set(scheme, handler);
    },
    unhandle: (scheme: string) => {
      if (!handlers.delete(scheme)) throw new Error(`Failed to unhandle protocol: ${scheme}`);
    },
    isProtocolHandled: (scheme: string) => handlers.has(scheme),
  },
  'protocol',
);
