/** Frames per second: smooth enough to see that it moves, cheap enough for a small machine. */
const FRAME_RATE = 20;

const SKY = ['#0d1b2a', '#1b3a5c'] as const;
const STONE = '#e8eef5';
const WATER = '#2f7fb5';
const LIGHT = '#ffc857';
const TAIL_LIGHT = '#ff8a70';
const STONE_BELOW = '#9fb4c9';
const KERB = '#b9c8d8';

/**
 * Draws a causeway at night for ever: lights cross it, water moves under it, a clock shows that
 * the picture is live.
 * @returns the video track of what is drawn.
 */
export function startPicture(canvas: HTMLCanvasElement): MediaStreamTrack {
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('this browser draws no canvas');
  const stream = canvas.captureStream(FRAME_RATE);
  const draw = (): void =>
    drawScene(context, canvas.width, canvas.height, performance.now() / 1000);
  draw();
  // A timer and not an animation frame: those stop in a window that is not shown.
  setInterval(draw, 1000 / FRAME_RATE);
  const track = stream.getVideoTracks()[0];
  if (!track) throw new Error('the canvas gives no video track');
  return track;
}

function drawScene(c: CanvasRenderingContext2D, width: number, height: number, t: number): void {
  const horizon = height * 0.62;
  const sky = c.createLinearGradient(0, 0, 0, horizon);
  sky.addColorStop(0, SKY[0]);
  sky.addColorStop(1, SKY[1]);
  c.fillStyle = sky;
  c.fillRect(0, 0, width, height);
  drawStars(c, width, horizon, t);
  drawWater(c, width, height, horizon, t);
  drawBridge(c, width, horizon);
  drawTraffic(c, width, horizon, t);
  c.fillStyle = STONE;
  c.font = '600 30px system-ui, sans-serif';
  c.textAlign = 'left';
  c.fillText(new Date().toLocaleTimeString('en-GB'), 28, 54);
  c.font = '400 16px system-ui, sans-serif';
  c.fillText('Causeway demo', 28, 80);
}

/** Where the clock stands, px: no star shines through it. */
const CLOCK = { right: 200, bottom: 96 };

function drawStars(c: CanvasRenderingContext2D, width: number, horizon: number, t: number): void {
  for (let i = 0; i < 60; i += 1) {
    // Multiples of irrational steps spread the stars without a random source.
    const x = (i * 0.618034 * width) % width;
    const y = (i * 0.414214 * horizon) % (horizon * 0.75);
    if (x < CLOCK.right && y < CLOCK.bottom) continue;
    c.globalAlpha = 0.35 + 0.35 * Math.sin(t * 1.7 + i);
    c.fillStyle = STONE;
    c.fillRect(x, y, 2, 2);
  }
  c.globalAlpha = 1;
}

function drawWater(
  c: CanvasRenderingContext2D,
  width: number,
  height: number,
  horizon: number,
  t: number,
): void {
  for (let row = 0; row < 6; row += 1) {
    const top = horizon + 18 + (row * (height - horizon)) / 6;
    c.beginPath();
    c.moveTo(0, height);
    for (let x = 0; x <= width; x += 16) {
      c.lineTo(x, top + Math.sin(x / (50 + row * 14) + t * (0.8 + row * 0.22)) * (3 + row));
    }
    c.lineTo(width, height);
    c.closePath();
    c.globalAlpha = 0.28;
    c.fillStyle = WATER;
    c.fill();
  }
  c.globalAlpha = 1;
}

/** Above the water, px: the road's surface, and the feet of the arches. */
const DECK = 16;
const FEET = -56;
const SPANS = 5;
/** Of a pier where it is thinnest, px. */
const PIER = 14;

function drawBridge(c: CanvasRenderingContext2D, width: number, horizon: number): void {
  const span = width / SPANS;
  const radius = (span - PIER) / 2;
  const feet = horizon - FEET;
  // One wall with the arches cut out of it: they cannot stand out above the road.
  c.beginPath();
  c.rect(0, horizon - DECK, width, feet - horizon + DECK);
  for (let i = 0; i < SPANS; i += 1) {
    const middle = span * (i + 0.5);
    c.moveTo(middle - radius, feet);
    c.arc(middle, feet, radius, Math.PI, 0);
    c.closePath();
  }
  const stone = c.createLinearGradient(0, horizon - DECK, 0, feet);
  stone.addColorStop(0, STONE);
  stone.addColorStop(1, STONE_BELOW);
  c.fillStyle = stone;
  c.fill('evenodd');
  c.fillStyle = KERB;
  c.fillRect(0, horizon - DECK + 4, width, 2);
}

const CARS = 8;

function drawTraffic(c: CanvasRenderingContext2D, width: number, horizon: number, t: number): void {
  for (let i = 0; i < CARS; i += 1) {
    const isComing = i % 2 === 0;
    const way = (t * (46 + i * 7) + i * 157) % (width + 80);
    const x = isComing ? way - 40 : width + 40 - way;
    c.fillStyle = isComing ? LIGHT : TAIL_LIGHT;
    c.shadowColor = c.fillStyle;
    c.shadowBlur = 14;
    c.beginPath();
    c.arc(x, horizon - DECK - (isComing ? 5 : 10), isComing ? 4 : 3, 0, Math.PI * 2);
    c.fill();
  }
  c.shadowBlur = 0;
}
