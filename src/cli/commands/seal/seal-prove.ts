import { proveKeys } from '../../../node/seal/prove-keys.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import {
  type Arguments,
  flag,
  flagged,
  inputFile,
  list,
  outputFile,
  text,
  valued,
} from '../../command/options.js';
import { grouped, Progress } from '../../command/progress.js';
import { RESEALING_OPTIONS, resealing, sealedLists } from '../../options/seal-options.js';
import { typedKeys } from '../../options/typed-keys.js';
import { jsonReport, listing } from '../../reports/listing.js';
import { OTHER_ROWS, tellRows } from '../../reports/seal-report.js';

/** `keywright seal prove`: the proofs of the keys of a sealed batch. */
export const sealProveCommand: Command = {
  name: 'seal prove',
  operands: 'KEYS… --seal SEAL -o PROOFS.jsonl [options]',
  describe: 'Write the proof of each key of a sealed batch, or of some: what an app verifies offline.',
  options: {
    seal: inputFile('the seal of these keys, signed; its manifest lies beside it'),
    only: valued(
      'a key to prove, in any spelling, in place of all; - for those on standard input; repeatable',
      {
        value: 'KEY|-',
      },
    ),
    out: outputFile('the file to write, a proof a line, in the order of the rows', { alias: 'o' }),
    force: flagged('replace a file that exists'),
    json: flagged('report as JSON on stdout'),
    quiet: flagged('report nothing'),
    ...RESEALING_OPTIONS,
  },
  examples: [
    ['Of each key', 'seal prove keys.txt --seal november.seal -o proofs.jsonl'],
    [
      'Of the key of one customer',
      'seal prove keys.txt --seal november.seal --only "AAAAA BBBBB CCCCC DDDDD EEEEE" -o proof.jsonl',
    ],
    [
      'Of keys that the shell does not remember',
      'seal prove keys.txt --seal november.seal --only - -o sold.jsonl < sold.txt',
    ],
  ],
  epilogue: [
    'A line is {"index":…,"proof":"…"}, without the key. A proof is about 1 kB, and holds the seal.',
    'With a seal secret a proof is as secret as its key. A key that was not sealed: exit 1, and nothing is written.',
  ].join('\n'),

  async run(args, context) {
    const { keys, seal } = sealedLists(args, context);
    if (keys.includes('-'))
      throw new UsageError('the keys are read twice, so they cannot be standard input: name a file');
    const out = text(args, 'out');
    if (out === undefined) throw new UsageError('--out is missing: name the file to write');
    const only = await onlyThese(args, context);
    const progress = new Progress(context, undefined, flag(args, 'quiet'), 'rows');
    try {
      const report = await proveKeys(keys, {
        ...resealing(args, context, seal),
        out,
        only,
        force: flag(args, 'force'),
        inputs: context.inputs,
        onProgress: (rows) => progress.update(rows),
      });
      progress.clear();
      const { sealed: batch, isSame, proofs, unknown } = report;
      if (!flag(args, 'quiet')) tellRows(report, 'nothing was written', context);
      if (!isSame) context.say(OTHER_ROWS);
      if (unknown > 0)
        context.say(
          `${grouped(unknown)} of the keys asked for ${unknown === 1 ? 'was' : 'were'} not sealed: nothing was written`,
        );
      const { origin, size } = batch.checkpoint;
      const isDone = isSame && unknown === 0;
      if (flag(args, 'json'))
        await context.print(
          jsonReport('seal-prove', { ok: isDone, origin, size, proofs, unknown, path: isDone ? out : null }),
        );
      else if (isDone && !flag(args, 'quiet'))
        await context.print(
          listing([
            ['origin', origin],
            ['proofs', `${grouped(proofs)} of ${grouped(size)}`],
            ['written', out],
          ]),
        );
      return isDone ? DONE : NO;
    } finally {
      progress.clear();
    }
  },
};

async function onlyThese(args: Arguments, context: Context): Promise<readonly string[] | undefined> {
  const given = list(args, 'only');
  if (given.length === 0) return undefined;
  const keys = given.filter((key) => key !== '-');
  if (given.length > keys.length) for await (const key of typedKeys(args, context, () => {})) keys.push(key);
  return keys;
}
