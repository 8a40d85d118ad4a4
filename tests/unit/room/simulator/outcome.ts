import type { CallState, LinkRole, SpareName } from '../../../../src/renderer/room/call-state.ts';
import type { Path } from '../../../../src/shared/path.ts';
import type { Gap } from './media-ledger.ts';

/** What came of a trace. */

export interface Migration {
  readonly role: LinkRole;
  readonly at: number;
  readonly on: SpareName;
  readonly to: Path;
}

export interface Outcome {
  readonly state: CallState;
  readonly migrations: readonly Migration[];
  readonly gaps: readonly Gap[];
  /** When a call that stood had to be joined anew. */
  readonly rejoins: readonly { at: number; reason: string | undefined }[];
  /** When the call was wholly on a path: each change of it. */
  readonly paths: readonly { at: number; protocol: Path['protocol'] }[];
  readonly builds: number;
  /** What should never be seen. */
  readonly violations: readonly string[];
}
