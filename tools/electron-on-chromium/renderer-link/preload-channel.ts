import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../chromium/cdp-connection.ts';
import type { MainMessage, RendererMessage } from '../page/messages.ts';
import { pageWorldScript, preloadWorldScript, PreloadSyntaxError } from './page-scripts.ts';

/** The name Electron gives to the preload's world. */
const WORLD = 'Electron Isolated Context';

/** One document's preload world. */
export interface PreloadWorld {
  session: CdpSession;
  frameId: string;
  /** As the browser reports it; the renderer has no say in it. */
  origin: string;
  contextId: string;
}

export interface PreloadChannelOptions {
  preloadPath: string | undefined;
  /** The preload's `process`; asked when Chromium is up. */
  process: () => Record<string, unknown>;
  /** Asked anew for every document. */
  guardWebSockets: () => boolean;
  onMessage: (message: RendererMessage, world: PreloadWorld) => void;
  onPreloadError: (path: string, error: Error) => void;
}

/**
 * Puts the preload and the guards into every document of a page before its first script, and
 * carries messages between the preload's world and this process. The binding exists only in that
 * world, so the page cannot reach it.
 */
export class PreloadChannel {
  readonly #options: PreloadChannelOptions;
  readonly #binding = `electronOnChromium_${randomUUID().replaceAll('-', '')}`;
  readonly #meeting = `electronOnChromium:${randomUUID()}`;
  /** By frame: the world of its present document. */
  readonly #worlds = new Map<string, PreloadWorld>();
  readonly #scripts = new Map<CdpSession, { text: string; ids: Promise<string[]> }>();

  constructor(options: PreloadChannelOptions) {
    this.#options = options;
  }

  /** Prepares a session; documents that commit after this have their preload. */
  async attach(session: CdpSession): Promise<void> {
    const contexts = new Map<number, PreloadWorld>();
    session.on('Runtime.executionContextCreated', ({ context }) => {
      const { frameId } = (context.auxData ?? {}) as { frameId?: string };
      if (context.name !== WORLD || !frameId) return;
      const world = {
        session,
        frameId,
        origin: context.origin,
        contextId: context.uniqueId,
      };
      contexts.set(context.id, world);
      this.#worlds.set(frameId, world);
    });
    session.on('Runtime.executionContextDestroyed', ({ executionContextUniqueId }) => {
      for (const [id, world] of contexts) {
        if (world.contextId !== executionContextUniqueId) continue;
        contexts.delete(id);
        if (this.#worlds.get(world.frameId) === world) this.#worlds.delete(world.frameId);
      }
    });
    session.on('Runtime.executionContextsCleared', () => {
      for (const world of contexts.values())
        if (this.#worlds.get(world.frameId) === world) this.#worlds.delete(world.frameId);
      contexts.clear();
    });
    session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      const world = contexts.get(executionContextId);
      if (name !== this.#binding || !world) return;
      this.#options.onMessage(JSON.parse(payload) as RendererMessage, world);
    });
    await Promise.all([
      session.send('Runtime.enable'),
      session.send('Runtime.addBinding', { name: this.#binding, executionContextName: WORLD }),
      this.refresh(session),
    ]);
  }

  /** Registers the scripts again if the preload's file or the request filter has changed. */
  async refresh(session: CdpSession): Promise<void> {
    const page = pageWorldScript({
      meeting: this.#meeting,
      guardWebSockets: this.#options.guardWebSockets(),
    });
    const preload = this.#preloadScript();
    const text = page + preload;
    const registered = this.#scripts.get(session);
    if (registered?.text === text) return;
    // Sent in one go, so that no document commits with both sets or with none.
    const outdated = (await registered?.ids) ?? [];
    for (const identifier of outdated)
      session.post('Page.removeScriptToEvaluateOnNewDocument', { identifier });
    // The page's world comes first: it listens, the preload's world calls.
    const ids = Promise.all([
      session.send('Page.addScriptToEvaluateOnNewDocument', { source: page }),
      session.send('Page.addScriptToEvaluateOnNewDocument', { source: preload, worldName: WORLD }),
    ]).then((scripts) => scripts.map(({ identifier }) => identifier));
    this.#scripts.set(session, { text, ids });
    await ids;
  }

  world(frameId: string): PreloadWorld | undefined {
    return this.#worlds.get(frameId);
  }

  post(world: PreloadWorld, message: MainMessage): void {
    world.session.post('Runtime.evaluate', {
      expression: `__electronOnChromiumReceive(${JSON.stringify(message)})`,
      uniqueContextId: world.contextId,
      silent: true,
    } satisfies Protocol.Runtime.EvaluateRequest);
  }

  #preloadScript(): string {
    const { preloadPath, process } = this.#options;
    const base = { binding: this.#binding, meeting: this.#meeting, process: process() };
    if (preloadPath === undefined) return preloadWorldScript({ ...base, preload: undefined });
    try {
      const source = readFileSync(preloadPath, 'utf8');
      return preloadWorldScript({ ...base, preload: { path: preloadPath, source } });
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      const detail = cause instanceof PreloadSyntaxError ? cause.message : String(cause);
      console.error(`Unable to load preload script: ${preloadPath}\n${detail}`);
      this.#options.onPreloadError(preloadPath, cause);
      return preloadWorldScript({ ...base, preload: undefined });
    }
  }
}
