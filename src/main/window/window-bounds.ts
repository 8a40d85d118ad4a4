import { z } from 'zod';

export const MIN_WIDTH = 380;
export const MIN_HEIGHT = 560;
const DEFAULT_SIZE = { width: 1120, height: 760 };

/** How much of a window must be on a display for a person to get hold of it, px. */
const MIN_VISIBLE = { width: 120, height: 80 };

export const Bounds = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
});
export type Bounds = z.infer<typeof Bounds>;

export type Placement = { width: number; height: number } & ({ x: number; y: number } | object);

/**
 * Where to open the window: where it was, when it would still be seen there. A display may have
 * gone or become smaller since.
 * @param workAreas The displays' usable areas, the primary one first.
 */
export function placeWindow(remembered: unknown, workAreas: readonly Bounds[]): Placement {
  const saved = Bounds.safeParse(remembered);
  const primary = workAreas[0];
  if (!saved.success) return fitSize(DEFAULT_SIZE, primary);
  const home = workAreas.find((area) => isReachable(saved.data, area));
  if (!home) return fitSize(saved.data, primary);
  return { x: saved.data.x, y: saved.data.y, ...fitSize(saved.data, home) };
}

function isReachable(window: Bounds, area: Bounds): boolean {
  const width = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  const height =
    Math.min(window.y + window.height, area.y + area.height) - Math.max(window.y, area.y);
  // The title bar must not be above the display's upper edge.
  return width >= MIN_VISIBLE.width && height >= MIN_VISIBLE.height && window.y >= area.y;
}

function fitSize(
  wanted: { width: number; height: number },
  area: Bounds | undefined,
): { width: number; height: number } {
  return {
    width: Math.max(MIN_WIDTH, Math.min(wanted.width, area?.width ?? wanted.width)),
    height: Math.max(MIN_HEIGHT, Math.min(wanted.height, area?.height ?? wanted.height)),
  };
}
