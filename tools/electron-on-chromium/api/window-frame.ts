import type { Rectangle } from 'electron';
import type { Protocol } from 'devtools-protocol';
import { chromium } from '../chromium/chromium.ts';

type State = 'normal' | 'minimized' | 'maximized' | 'fullscreen';

/**
 * Size and state of one window. Electron's bounds are taken as those of the page's area: the frame
 * that a window manager draws around it is not counted.
 */
export class WindowFrame {
  minimum: readonly [number, number];
  state: State = 'normal';
  #bounds: Rectangle;
  #positioned: boolean;
  #hidden = false;
  #window: { windowId: number } | undefined;

  constructor(
    bounds: { width: number; height: number; x?: number | undefined; y?: number | undefined },
    minimum: readonly [number, number],
  ) {
    this.#positioned = bounds.x !== undefined && bounds.y !== undefined;
    this.#bounds = { x: bounds.x ?? 0, y: bounds.y ?? 0, width: 0, height: 0 };
    this.minimum = minimum;
    this.#resize(bounds.width, bounds.height);
  }

  get bounds(): Rectangle {
    return { ...this.#bounds };
  }

  /** The window exists in Chromium: bring it to what was asked for meanwhile. */
  attach(window: { windowId: number }): void {
    this.#window = window;
    this.#applySize();
    if (this.#positioned) this.#applyPosition();
    if (this.#hidden || this.state !== 'normal') this.#applyState();
  }

  setBounds({ x, y, width, height }: Partial<Rectangle>): Rectangle {
    if (width !== undefined || height !== undefined) {
      this.#resize(width ?? this.#bounds.width, height ?? this.#bounds.height);
      this.#applySize();
    }
    if (x !== undefined || y !== undefined) {
      this.#bounds.x = Math.round(x ?? this.#bounds.x);
      this.#bounds.y = Math.round(y ?? this.#bounds.y);
      this.#applyPosition();
    }
    return this.bounds;
  }

  /** False when it was in that state already. */
  setState(state: State): boolean {
    if (this.state === state) return false;
    this.state = state;
    this.#applyState();
    return true;
  }

  setVisible(visible: boolean): void {
    if (this.#hidden === !visible) return;
    this.#hidden = !visible;
    this.#applyState();
  }

  #resize(width: number, height: number): void {
    this.#bounds.width = Math.max(Math.round(width), this.minimum[0]);
    this.#bounds.height = Math.max(Math.round(height), this.minimum[1]);
  }

  #applySize(): void {
    const { width, height } = this.#bounds;
    if (this.#window)
      chromium.connection.browser.post('Browser.setContentsSize', {
        windowId: this.#window.windowId,
        width,
        height,
      });
  }

  #applyPosition(): void {
    const { x, y } = this.#bounds;
    this.#setWindowBounds({ left: x, top: y });
  }

  /** DevTools cannot hide a window; a minimized one is as far out of sight as it gets. */
  #applyState(): void {
    this.#setWindowBounds({ windowState: this.#hidden ? 'minimized' : this.state });
  }

  #setWindowBounds(bounds: Protocol.Browser.Bounds): void {
    if (this.#window)
      chromium.connection.browser.post('Browser.setWindowBounds', {
        windowId: this.#window.windowId,
        bounds,
      });
  }
}
