import { encodeBase64 } from '../../core/encoding/base64.js';
import { formatUtcTime } from '../../core/encoding/utc-time.js';
import type { Checkpoint } from '../../core/seal/checkpoint.js';
import type { ProblemGroup } from '../../node/fields/problems.js';
import type { KnownList } from '../../node/lists/known-lists.js';
import { batchMembers, type SealManifest } from '../../node/seal/seal-manifest.js';
import type { Context } from '../command/command.js';
import { grouped } from '../command/progress.js';
import { columnLines, tellManifests, tellReadings } from './reading-report.js';
import { tellProblems } from './row-problems.js';

type Line = readonly [name: string, value: string];

/** What a sealed batch is, for people: what a signature stands for. */
export function batchLines({ origin, size, root }: Checkpoint, manifest: SealManifest): readonly Line[] {
  const { issued, comparison, map, constants } = manifest.terms;
  const claims = [
    ...Object.entries(constants).map(([name, value]) => `${name}=${JSON.stringify(value)}`),
    ...map.map(([column, claim]) =>
      column === claim ? `${claim} by column` : `${claim} by column ${column}`,
    ),
  ];
  return [
    ['origin', origin],
    ['rows', `${grouped(size)}${comparison === 'exact' ? ', keys compared as texts' : ''}`],
    ['root', encodeBase64(root)],
    ['issued', formatUtcTime(issued)],
    ...(claims.length === 0 ? [] : [['claims', claims.join(', ')] as const]),
    ['salted', manifest.secretCheck === null ? 'no' : 'yes: a proof is as secret as its key'],
    ...columnLines(manifest.inputs),
  ];
}

/** What a sealed batch is, for programs: what its manifest says. */
export function batchJson(checkpoint: Checkpoint, manifest: SealManifest): object {
  return batchMembers(checkpoint, manifest);
}

/** What was found while rows were read. */
interface FoundRows {
  readonly rows: number;
  readonly invalid: number;
  readonly problems: readonly ProblemGroup[];
  readonly skipped: readonly string[];
  readonly inputs: readonly KnownList[];
}

/** Tells what is odd about lists and their rows; `outcome` is what becomes of rows that are no good. */
export function tellRows(found: FoundRows, outcome: string, context: Context): void {
  tellManifests(found.skipped, context);
  tellReadings(found.inputs, context);
  tellProblems(found, outcome, context);
}

/** What is said where rows were to be those that were sealed, and are not. */
export const OTHER_ROWS = 'these are not the rows that were sealed, in their order: see keywright seal audit';
