/** A log shows that a slow step is alive this often. In ms. */
const LOG_HEARTBEAT_MS = 15_000;
/** A terminal's line is redrawn this often, so that the seconds count up. In ms. */
const TERMINAL_REDRAW_MS = 1_000;
/** Quicker steps show no duration: it would be noise. In ms. */
const WORTH_TIMING_MS = 2_000;
/** Assumed where the terminal does not tell its width. In columns. */
const DEFAULT_COLUMNS = 80;

/**
 * @typedef {object} Progress one step's line
 * @property {(detail: string) => void} update says what the step is doing now
 * @property {(text: string) => void} note prints a line of its own that stays
 * @property {(result: string) => void} done ends the line with the result
 * @property {() => void} stop ends the line without a result, before an error is printed
 */

/**
 * @typedef {object} ProgressStream
 * @property {(text: string) => unknown} write
 * @property {boolean} [isTTY]
 * @property {number} [columns]
 */

/**
 * Shows one step as one line: redrawn in place on a terminal, repeated rarely in a log.
 * @param {string} name
 * @param {ProgressStream} [stream]
 * @returns {Progress}
 */
export function startProgress(name, stream = process.stderr) {
  const started = Date.now();
  let detail = '';
  let shownDetail = '';
  const isTerminal = stream.isTTY === true;

  const elapsed = () => {
    const ms = Date.now() - started;
    return ms < WORTH_TIMING_MS ? '' : ` (${Math.round(ms / 1000)} s)`;
  };
  const line = (/** @type {string} */ text) => `setup · ${name}: ${text}`;
  const draw = () => {
    if (isTerminal) {
      const width = (stream.columns ?? DEFAULT_COLUMNS) - 1;
      stream.write(`\r\x1b[2K${`${line(detail)}${elapsed()}`.slice(0, width)}`);
    } else {
      stream.write(`${line(detail)}${elapsed()}\n`);
    }
    shownDetail = detail;
  };
  const clear = () => {
    if (isTerminal) stream.write('\r\x1b[2K');
  };
  const timer = setInterval(draw, isTerminal ? TERMINAL_REDRAW_MS : LOG_HEARTBEAT_MS);
  timer.unref();

  return {
    update(next) {
      detail = next;
      // A log gets the first detail at once and later ones with the heartbeat.
      if (isTerminal || shownDetail === '') draw();
    },
    note(text) {
      clear();
      stream.write(`${line(text)}\n`);
      if (isTerminal && detail) draw();
    },
    done(result) {
      clearInterval(timer);
      clear();
      stream.write(`${line(result)}${elapsed()}\n`);
    },
    stop() {
      clearInterval(timer);
      clear();
    },
  };
}
