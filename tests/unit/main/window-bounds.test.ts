import { expect, it } from 'vitest';
import { MIN_HEIGHT, MIN_WIDTH, placeWindow } from '../../../src/main/window/window-bounds.ts';

const primary = { x: 0, y: 25, width: 1440, height: 875 };
const right = { x: 1440, y: 0, width: 1920, height: 1080 };

it.each([
  ['the first start', undefined, [primary], { width: 1120, height: 760 }],
  ['a stored value that is no place', { x: 'left' }, [primary], { width: 1120, height: 760 }],
  [
    'a window that fits where it was',
    { x: 100, y: 100, width: 900, height: 700 },
    [primary],
    { x: 100, y: 100, width: 900, height: 700 },
  ],
  [
    'a window on the second display',
    { x: 1600, y: 50, width: 1800, height: 1000 },
    [primary, right],
    { x: 1600, y: 50, width: 1800, height: 1000 },
  ],
  [
    'a window whose display has gone',
    { x: 1600, y: 50, width: 1800, height: 1000 },
    [primary],
    { width: 1440, height: 875 },
  ],
  [
    'a window with hardly anything on a display',
    { x: 1400, y: 100, width: 900, height: 700 },
    [primary],
    { width: 900, height: 700 },
  ],
  [
    'a title bar above the display',
    { x: 100, y: -50, width: 900, height: 700 },
    [primary],
    { width: 900, height: 700 },
  ],
  [
    'a window smaller than it may be',
    { x: 100, y: 100, width: 200, height: 120 },
    [primary],
    { x: 100, y: 100, width: MIN_WIDTH, height: MIN_HEIGHT },
  ],
])('%s', (_what, remembered, areas, expected) => {
  expect(placeWindow(remembered, areas)).toEqual(expected);
});
