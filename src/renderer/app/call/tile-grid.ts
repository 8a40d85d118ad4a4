/** How a stage is divided. Lengths in CSS px. */
export interface TileLayout {
  columns: number;
  rows: number;
  width: number;
  height: number;
  /** The tiles do not fit at a size worth looking at: the stage scrolls. */
  scrolls: boolean;
}

/** A tile is between portrait 4:5 and 16:9, so that a picture that fills it keeps the face. */
const WIDEST = 16 / 9;
const TALLEST = 4 / 5;
/** Narrower than this a name cannot be read. */
const LEAST_WIDTH = 148;
/** Shape of a tile on a stage that scrolls. */
const SCROLLING_SHAPE = 4 / 3;

/** The division into equal tiles that shows the most picture. */
export function layoutTiles(count: number, width: number, height: number, gap: number): TileLayout {
  if (count < 1 || width <= 0 || height <= 0) {
    return { columns: 1, rows: 1, width: 0, height: 0, scrolls: false };
  }
  let best: TileLayout | undefined;
  let bestScore = 0;
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const cellWidth = (width - gap * (columns - 1)) / columns;
    const cellHeight = (height - gap * (rows - 1)) / rows;
    if (cellWidth <= 0 || cellHeight <= 0) continue;
    const tileWidth = Math.min(cellWidth, cellHeight * WIDEST);
    const tileHeight = Math.min(cellHeight, tileWidth / TALLEST);
    const score = pictureScore(tileWidth, tileHeight);
    if (score > bestScore) {
      bestScore = score;
      best = {
        columns,
        rows,
        width: Math.floor(tileWidth),
        height: Math.floor(tileHeight),
        scrolls: false,
      };
    }
  }
  if (best && best.width >= Math.min(LEAST_WIDTH, width)) return best;
  const columns = Math.max(1, Math.floor((width + gap) / (LEAST_WIDTH + gap)));
  const tileWidth = Math.floor((width - gap * (columns - 1)) / columns);
  return {
    columns,
    rows: Math.ceil(count / columns),
    width: tileWidth,
    height: Math.floor(tileWidth / SCROLLING_SHAPE),
    scrolls: true,
  };
}

/** The area of a tile, marked down for what it cuts off a 16:9 picture that fills it. */
function pictureScore(width: number, height: number): number {
  return width * height * Math.sqrt(Math.min(1, width / height / WIDEST));
}

/** Size of the own picture in the corner of a call of two: a share of the stage, within limits. */
export function insetSize(width: number, height: number): { width: number; height: number } {
  const isUpright = height > width;
  const long = Math.round(Math.min(264, Math.max(112, Math.max(width, height) * 0.2)));
  const short = Math.round(long / (isUpright ? 4 / 3 : 16 / 9));
  return isUpright ? { width: short, height: long } : { width: long, height: short };
}
