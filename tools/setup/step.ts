import type { Progress } from '../bootstrap/progress.mjs';

/** One thing that set-up can do. Cut off at any point, it must be able to start again. */
export interface SetupStep {
  /** Stands before the step's line, for example `App bundles`. */
  readonly name: string;
  /** Quick (a few ms) and free of side effects: it is asked at every start. */
  isDone(): boolean;
  /**
   * Does the work.
   * @returns the result, in a few words for the step's line
   * @throws SetupError when the user has to do something first
   */
  run(progress: Progress): Promise<string>;
}
