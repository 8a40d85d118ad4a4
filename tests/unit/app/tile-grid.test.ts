import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { insetSize, layoutTiles } from '../../../src/renderer/app/call/tile-grid.ts';

const GAP = 12;

describe('tiles on a wide stage', () => {
  test.each([
    { count: 1, columns: 1, rows: 1 },
    { count: 2, columns: 2, rows: 1 },
    { count: 3, columns: 2, rows: 2 },
    { count: 4, columns: 2, rows: 2 },
    { count: 7, columns: 3, rows: 3 },
    { count: 9, columns: 3, rows: 3 },
  ])('$count stand in $columns × $rows', ({ count, columns, rows }) => {
    expect(layoutTiles(count, 1248, 680, GAP)).toMatchObject({ columns, rows, scrolls: false });
  });
});

test('tiles on an upright stage stand below each other', () => {
  expect(layoutTiles(2, 356, 480, GAP)).toMatchObject({ columns: 1, rows: 2 });
});

test('a crowd in a narrow window scrolls instead of shrinking to nothing', () => {
  const layout = layoutTiles(60, 356, 400, GAP);
  expect(layout.scrolls).toBe(true);
  expect(layout.width).toBeGreaterThanOrEqual(148);
});

test('a stage without size gives tiles without size', () => {
  expect(layoutTiles(3, 0, 0, GAP)).toMatchObject({ width: 0, height: 0 });
});

test('whatever the stage: tiles hold everybody, fit, and keep a shape that shows a face', () => {
  const stage = fc.record({
    count: fc.integer({ min: 1, max: 40 }),
    width: fc.integer({ min: 160, max: 1600 }),
    height: fc.integer({ min: 160, max: 1000 }),
  });
  fc.assert(
    fc.property(stage, ({ count, width, height }) => {
      const layout = layoutTiles(count, width, height, GAP);
      expect(layout.columns * layout.rows).toBeGreaterThanOrEqual(count);
      const acrossAll = layout.columns * layout.width + (layout.columns - 1) * GAP;
      const downAll = layout.rows * layout.height + (layout.rows - 1) * GAP;
      expect(acrossAll).toBeLessThanOrEqual(width);
      if (!layout.scrolls) expect(downAll).toBeLessThanOrEqual(height);
      // Whole pixels move the shape a little.
      expect(layout.width / layout.height).toBeLessThan(16 / 9 + 0.05);
      expect(layout.width / layout.height).toBeGreaterThan(4 / 5 - 0.05);
    }),
  );
});

describe('the own picture in the corner', () => {
  test('lies down in a wide window and stands in an upright one', () => {
    const wide = insetSize(1248, 680);
    expect(wide.width).toBeGreaterThan(wide.height);
    const upright = insetSize(356, 480);
    expect(upright.height).toBeGreaterThan(upright.width);
  });

  test('keeps between its limits', () => {
    expect(insetSize(100, 90).width).toBe(112);
    expect(insetSize(4000, 2000).width).toBe(264);
  });
});
