import type { EncodedValue } from './clone-codec.ts';

/** Renderer → main process. */
export type RendererMessage =
  | { type: 'invoke'; id: number; channel: string; args: EncodedValue; url: string }
  | { type: 'send'; channel: string; args: EncodedValue; url: string }
  | { type: 'permission'; id: number; permission: string; details: object; url: string }
  | { type: 'websocket'; id: number; target: string; url: string }
  | { type: 'window-open'; target: string; frameName: string; features: string; url: string }
  | { type: 'key'; accelerator: string; url: string }
  | { type: 'preload-error'; message: string; stack: string; url: string };

/** Main process → renderer. */
export type MainMessage =
  | { type: 'reply'; id: number; ok: true; value: EncodedValue }
  | { type: 'reply'; id: number; ok: false; error: string }
  | { type: 'event'; channel: string; args: EncodedValue };
