import type { KeyComparer } from '../../../core/dedupe/key-comparer.js';
import type { TempSpace } from '../../files/temp-space.js';
import type { Input } from '../scan/scanned-list.js';
import type { Findings } from './findings.js';
import type { KeptRows } from './kept-rows.js';

/** What both ways of finding duplicates work on. */
export interface Run {
  /** The lists of known keys first. */
  readonly inputs: readonly Input[];
  readonly comparer: KeyComparer;
  readonly findings: Findings;
  /** Undefined: nothing is written. */
  readonly output: KeptRows | undefined;
  readonly space: TempSpace;
  readonly memory: number;
  /** How many keys there probably are. */
  readonly expected: number;
  readonly signal: AbortSignal | undefined;
  /** Told of keys as they are read. */
  readonly onRead: (count: number) => void;
}
