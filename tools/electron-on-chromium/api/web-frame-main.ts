import type { WebFrameMain } from 'electron';
import { originMapping } from '../origin-mapping.ts';
import { strict } from '../unsupported.ts';

type Surface = Pick<
  WebFrameMain,
  | 'url'
  | 'origin'
  | 'parent'
  | 'top'
  | 'name'
  | 'frameToken'
  | 'processId'
  | 'routingId'
  | 'isDestroyed'
>;

/** Frames and processes have no numbers of Electron's here. */
const NUMBER = 1;

/**
 * Electron's WebFrameMain for the frames of one page, as far as senders are checked with it: one
 * object for each frame, the same for as long as the page lives.
 */
export class Frames {
  readonly #frames = new Map<
    string,
    { surface: WebFrameMain; place: { url: string; origin: string } }
  >();
  readonly #mainFrameId: () => string;

  constructor(mainFrameId: () => string) {
    this.#mainFrameId = mainFrameId;
  }

  get main(): WebFrameMain {
    return this.get(this.#mainFrameId());
  }

  get(frameId: string): WebFrameMain {
    return this.#entry(frameId).surface;
  }

  /** A document has come to a frame; URLs as Chromium has them. */
  update(frameId: string, url: string, origin?: string): WebFrameMain {
    const { surface, place } = this.#entry(frameId);
    place.url = originMapping.toApp(url);
    const ownOrigin = URL.canParse(url) ? new URL(url).origin : 'null';
    place.origin = originMapping.toApp(origin ?? ownOrigin);
    return surface;
  }

  #entry(frameId: string) {
    const known = this.#frames.get(frameId);
    if (known) return known;
    const place = { url: '', origin: 'null' };
    const isMain = () => frameId === this.#mainFrameId();
    const top = () => this.main;
    const surface: Surface = {
      get url() {
        return place.url;
      },
      get origin() {
        return place.origin;
      },
      get parent() {
        return isMain() ? null : top();
      },
      get top() {
        return top();
      },
      name: '',
      frameToken: frameId,
      processId: NUMBER,
      routingId: NUMBER,
      isDestroyed: () => false,
    };
    const entry = { surface: strict(surface, 'WebFrameMain') as WebFrameMain, place };
    this.#frames.set(frameId, entry);
    return entry;
  }
}
