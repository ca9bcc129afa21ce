import type { Context } from '../command/command.js';
import { DONE, NO, UsageError } from '../command/exit-code.js';
import { type Arguments, flag } from '../command/options.js';
import { Progress } from '../command/progress.js';
import { sayWhichHalf } from '../options/given-keys.js';

/** What was found out about one line of a list. */
interface JudgedLine {
  readonly verdict: { readonly ok: boolean; readonly kid?: string | undefined };
}

/** How {@link printVerdicts} prints. */
export interface VerdictLines<Line extends JudgedLine> {
  /** What a line is, as `envelope`. */
  readonly noun: string;
  /** A line with its end. */
  readonly shown: (line: Line) => string;
  /** See `GivenKeys`. */
  readonly bare: Map<string, string>;
}

/** Prints verdicts as they come, with progress; answers the exit code: whether all of them are yes. */
export async function printVerdicts<Line extends JudgedLine>(
  runs: AsyncIterable<readonly Line[]>,
  { noun, shown, bare }: VerdictLines<Line>,
  args: Arguments,
  context: Context,
): Promise<number> {
  const progress = new Progress(context, undefined, flag(args, 'quiet'), `${noun}s`);
  let [judged, refused] = [0, 0];
  try {
    for await (const run of runs) {
      context.signal.throwIfAborted();
      for (const { verdict } of run) sayWhichHalf(verdict.ok ? verdict.kid : undefined, bare, context);
      judged += run.length;
      refused += run.filter(({ verdict }) => !verdict.ok).length;
      progress.clear();
      await context.print(run.map(shown).join(''));
      progress.update(judged);
    }
  } finally {
    progress.clear();
  }
  if (judged === 0) throw new UsageError(`there is no ${noun} to verify: write one JSON object a line`);
  return refused === 0 ? DONE : NO;
}
