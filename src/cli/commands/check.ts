import type { KeyFormat } from '../../core/format/key-format.js';
import { checkKey, type KeyCheck } from '../../core/format/normalize.js';
import type { Command, Context } from '../command.js';
import { DONE, NO, UsageError } from '../exit-code.js';
import { FORMAT_OPTIONS, flag, flagged, formatOf, text } from '../options.js';

/** `keywright check`: whether typed keys fit a format. */
export const check: Command = {
  name: 'check',
  operands: '[KEY…|-] --format SPEC [options]',
  describe: 'Say whether typed keys fit a format, and where the first thing is that does not.',
  options: { ...FORMAT_OPTIONS, json: flagged('print JSON') },
  examples: [
    ['A key as a customer typed it', "check 'ab12 cd34' --format XXXX-XXXX"],
    ['With its check character', 'check 7QX4-M9KJ -f XXXX-XXXX --alphabet crockford32 --check-character'],
    ['One key a line from standard input', 'check - --format lukittu < keys.txt'],
  ],

  async run(args, context) {
    const spec = text(args, 'format');
    if (spec === undefined) throw new UsageError('--format is missing: say what the keys should look like');
    const format = await formatOf(args, spec);
    const { operands } = context;
    if (operands.length === 0) throw new UsageError('no key to check: name one, or - for standard input');
    if (operands.includes('-') && operands.length > 1)
      throw new UsageError('- stands alone: all keys come from standard input');
    const keys = operands[0] === '-' ? typedKeys(context) : operands;
    return flag(args, 'json') ? asJson(format, keys, context) : asText(format, keys, context);
  },
};

type Keys = Iterable<string> | AsyncIterable<string>;

async function* typedKeys(context: Context): AsyncGenerator<string, void, undefined> {
  const { openKeyFile } = await import('../../node/key-files.js');
  const file = await openKeyFile('-', { stdin: context.io.stdin, signal: context.signal });
  const decoder = new TextDecoder();
  for await (const { bytes, spans, count } of file.keys()) {
    for (let index = 0; index < count; index++) {
      yield decoder.decode(bytes.subarray(spans[2 * index], spans[2 * index + 1]));
    }
  }
  if (file.count === 0) throw new UsageError('standard input holds no key to check');
}

async function asText(format: KeyFormat, keys: Keys, context: Context): Promise<number> {
  let [number, exitCode] = [0, DONE];
  for await (const key of keys) {
    number++;
    const result = checkKey(format, key);
    if (!result.ok) exitCode = NO;
    await context.print(`${number}: ${verdict(result)}\n`);
  }
  return exitCode;
}

function verdict({ ok, canonical, folded, checkCharacter, problem }: KeyCheck): string {
  const notes = folded.map(({ position, typed, read }) => `position ${position}: ${typed} read as ${read}`);
  if (checkCharacter === 'right') notes.push('check character right');
  if (ok) return [`yes ${canonical}`, ...notes].join(', ');
  return [`no, position ${problem?.position}: ${problem?.message}`, ...notes].join(', ');
}

async function asJson(format: KeyFormat, keys: Keys, context: Context): Promise<number> {
  const results: object[] = [];
  let ok = true;
  for await (const key of keys) {
    const result = checkKey(format, key);
    ok &&= result.ok;
    results.push({
      ok: result.ok,
      canonical: result.ok ? result.canonical : null,
      folded: result.folded,
      checkCharacter: result.checkCharacter ?? null,
      problem: result.problem ?? null,
    });
  }
  await context.print(`${JSON.stringify({ schema: 'keywright/check/v1', ok, keys: results }, null, 2)}\n`);
  return ok ? DONE : NO;
}
