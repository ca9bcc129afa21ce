import type { KeyFormat } from '../../../core/format/key-format.js';
import { checkKey, type KeyCheck } from '../../../core/format/normalize.js';
import { shownText } from '../../../node/files/file-error.js';
import type { Holder, Ledger } from '../../../node/ledger/model/ledger.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import { FORMAT_OPTIONS, flag, flagged, formatOf, text } from '../../command/options.js';
import { LEDGER_OPTIONS, withOptionalLedger } from '../../options/ledger-options.js';
import { READING_OPTIONS } from '../../options/reading-options.js';
import { typedKeys } from '../../options/typed-keys.js';
import { voidingJson, voidingWords } from '../../reports/batch-words.js';
import { jsonReport } from '../../reports/listing.js';
import { columnLines, type ReadList, tellReadings } from '../../reports/reading-report.js';

/** `keywright check`: whether typed keys fit a format. */
export const checkCommand: Command = {
  name: 'check',
  operands: '[KEY…|-] --format SPEC [options]',
  operandWords: [],
  describe:
    'Say whether typed keys fit a format, where the first thing is that does not, and whether they were issued.',
  options: { ...FORMAT_OPTIONS, ...READING_OPTIONS, ...LEDGER_OPTIONS, json: flagged('print JSON') },
  examples: [
    ['A key as a customer typed it', "check 'ab12 cd34' --format XXXX-XXXX"],
    [
      'With its check character',
      'check 7QX4-M9KJ -f XXXX-XXXX --alphabet crockford32 --check-character auto',
    ],
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
    const lists: ReadList[] = [];
    const onRead = (list: ReadList) => {
      lists.push(list);
      tellReadings(lists, context);
    };
    const keys =
      operands[0] === '-' ? typedKeys(args, context, onRead, (key) => checkKey(format, key).ok) : operands;
    return withOptionalLedger(args, context, (ledger) => {
      const answers = answersTo(format, keys, ledger);
      return flag(args, 'json') ? asJson(answers, lists, context) : asText(answers, lists, context);
    });
  },
};

type Keys = Iterable<string> | AsyncIterable<string>;

/** Whether a typed key fits, and, with a ledger, which batch issued it. */
interface Answer {
  readonly check: KeyCheck;
  /** Null for none; undefined where no ledger was asked. */
  readonly holder: Holder | null | undefined;
}

/** Keys that are looked up in a ledger at once. */
const TOGETHER = 1000;

async function* answersTo(
  format: KeyFormat,
  keys: Keys,
  ledger: Ledger | undefined,
): AsyncGenerator<Answer, void, undefined> {
  let waiting: string[] = [];
  for await (const key of keys) {
    waiting.push(key);
    if (ledger !== undefined && waiting.length < TOGETHER) continue;
    yield* answersOf(format, waiting, ledger);
    waiting = [];
  }
  yield* answersOf(format, waiting, ledger);
}

async function* answersOf(
  format: KeyFormat,
  keys: readonly string[],
  ledger: Ledger | undefined,
): AsyncGenerator<Answer, void, undefined> {
  const checks = keys.map((key) => checkKey(format, key));
  if (ledger === undefined) {
    for (const check of checks) yield { check, holder: undefined };
    return;
  }
  const { issuedBy } = await import('../../../node/issue/issued-keys.js');
  // What a customer mistyped in a known way was issued in the spelling of the format.
  const holders = await issuedBy(
    ledger,
    keys.map((key, index) => checks[index]?.key ?? key),
  );
  for (const [index, check] of checks.entries()) yield { check, holder: holders[index] ?? null };
}

function isGood({ check, holder }: Answer): boolean {
  return check.ok && holder !== null && (holder?.voided ?? null) === null;
}

async function asText(
  answers: AsyncIterable<Answer>,
  lists: readonly ReadList[],
  context: Context,
): Promise<number> {
  let [number, exitCode] = [0, DONE];
  for await (const answer of answers) {
    number++;
    if (!isGood(answer)) exitCode = NO;
    await context.print(`${shownText(`${number}: ${verdict(answer.check)}${issuedInWords(answer)}`)}\n`);
  }
  // Each line of stdout is about one key.
  for (const [name, column] of columnLines(lists)) context.say(`${name} ${column}`);
  return exitCode;
}

function issuedInWords({ holder }: Answer): string {
  if (holder === undefined) return '';
  if (holder === null) return ', issued: no';
  const { id, shard, at, voided } = holder;
  return `, issued: yes, batch ${id} (${shard}), ${at.toISOString()}${voidingWords(voided)}`;
}

function verdict({ ok, canonical, folded, checkCharacter, problem }: KeyCheck): string {
  const notes = folded.map(({ position, typed, read }) => `position ${position}: ${typed} read as ${read}`);
  if (checkCharacter === 'right') notes.push('check character right');
  if (ok) return [`yes ${canonical}`, ...notes].join(', ');
  return [`no, position ${problem?.position}: ${problem?.message}`, ...notes].join(', ');
}

async function asJson(
  answers: AsyncIterable<Answer>,
  lists: readonly ReadList[],
  context: Context,
): Promise<number> {
  const results: object[] = [];
  let ok = true;
  for await (const answer of answers) {
    const { check, holder } = answer;
    ok &&= isGood(answer);
    results.push({
      ok: check.ok,
      canonical: check.ok ? check.canonical : null,
      folded: check.folded,
      checkCharacter: check.checkCharacter ?? null,
      problem: check.problem ?? null,
      issued: holder && issuedInJson(holder),
    });
  }
  await context.print(
    jsonReport('check', { ok, keys: results, lists: lists.map(({ path, reading }) => ({ path, reading })) }),
  );
  return ok ? DONE : NO;
}

function issuedInJson({ id, shard, kind, at, voided }: Holder): object {
  return { batch: id, shard, kind, at: at.toISOString(), voided: voidingJson(voided) };
}
