import { type ProblemGroup, problemLines } from '../../node/fields/problems.js';
import type { Context } from '../command/command.js';
import { grouped } from '../command/progress.js';

/** What is told of rows that are no good. */
interface BadRows {
  readonly problems: readonly ProblemGroup[];
  readonly invalid: number;
  readonly rows: number;
}

/** Tells which rows are no good, and why; `outcome` is what becomes of them. Nothing when all are good. */
export function tellProblems({ problems, invalid, rows }: BadRows, outcome: string, context: Context): void {
  for (const line of problemLines(problems)) context.say(line);
  if (invalid > 0)
    context.say(
      `${grouped(invalid)} of ${grouped(rows)} ${rows === 1 ? 'row is' : 'rows are'} no good: ${outcome}`,
    );
}
