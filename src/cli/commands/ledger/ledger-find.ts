import { comparedKey } from '../../../core/dedupe/compared-text.js';
import { shownText } from '../../../node/files/file-error.js';
import { beginningOf } from '../../../node/files/key-beginning.js';
import { holdersOf } from '../../../node/issue/issued-keys.js';
import type { Holder, Ledger } from '../../../node/ledger/model/ledger.js';
import { shownLedger } from '../../../node/ledger/model/ledger-place.js';
import { setOf } from '../../../node/ledger/model/store.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import { flag, flagged } from '../../command/options.js';

import { shownState } from '../../options/batch-filter.js';
import { LEDGER_NAMES, ledgerOperands, SECRET_FILE, withLedger } from '../../options/ledger-options.js';
import { READING_OPTIONS } from '../../options/reading-options.js';
import { typedKeys } from '../../options/typed-keys.js';
import { voidingJson, voidingWords } from '../../reports/batch-words.js';
import { jsonReport } from '../../reports/listing.js';
import { tellReadings } from '../../reports/reading-report.js';

/** `keywright ledger find`: which batch a key is from. */
export const ledgerFindCommand: Command = {
  name: 'ledger find',
  operands: 'LEDGER KEY…|- [options]',
  describe:
    'Say of keys, in whatever spelling, which batch issued or created each: when, by whom, and what for.',
  options: { ...READING_OPTIONS, 'secret-file': SECRET_FILE, json: flagged('print JSON') },
  examples: [
    ['A key that a customer sent', 'ledger find issued.db 7QX4M-9K2TD-0Z8YB-XXXXX-XXXXX || true'],
    ['The keys of a file, which the shell does not remember', 'ledger find issued.db - < keys.txt'],
    ['For a script', 'ledger find issued.db - --json < keys.txt'],
  ],
  epilogue: `${LEDGER_NAMES}\nExit code 0: each key was issued or created; 1: one was not. Keys are shown by their first groups.`,

  async run(args, context) {
    const { name, rest } = ledgerOperands(context, 'ledger find');
    if (rest.length === 0) throw new UsageError('no key to find: name one, or - for standard input');
    if (rest.includes('-') && rest.length > 1)
      throw new UsageError('- stands alone: all keys come from standard input');
    const keys = rest[0] === '-' ? typedKeys(args, context, (list) => tellReadings([list], context)) : rest;
    return withLedger(name, args, context, (ledger) => {
      const found = foundKeys(ledger, keys);
      return flag(args, 'json') ? asJson(found, name, context) : asText(found, context);
    });
  },
};

/** A key, and what the ledger says of it. */
interface FoundKey {
  readonly key: string;
  /** Why it is no license key. */
  readonly problem: string | undefined;
  readonly holders: readonly Holder[];
}

/** Keys that are looked up at once. */
const TOGETHER = 1000;

async function* foundKeys(
  ledger: Ledger,
  keys: Iterable<string> | AsyncIterable<string>,
): AsyncGenerator<FoundKey, void, undefined> {
  let waiting: string[] = [];
  for await (const key of keys) {
    waiting.push(key);
    if (waiting.length < TOGETHER) continue;
    yield* await lookedUp(ledger, waiting);
    waiting = [];
  }
  yield* await lookedUp(ledger, waiting);
}

async function lookedUp(ledger: Ledger, keys: readonly string[]): Promise<readonly FoundKey[]> {
  const holders = await holdersOf(ledger, keys);
  return keys.map((key, index) => {
    const { problem } = comparedKey(key, ledger.comparison);
    return { key, problem, holders: holders[index] ?? [] };
  });
}

/** What a crash spent was issued to nobody. */
function isIssued({ holders }: FoundKey): boolean {
  return holders.some(({ current }) => current);
}

async function asText(found: AsyncIterable<FoundKey>, context: Context): Promise<number> {
  let [number, exitCode] = [0, DONE];
  for await (const each of found) {
    number++;
    if (!isIssued(each)) exitCode = NO;
    const lines = wordsOf(each).map((words) => shownText(`${number}: ${beginningOf(each.key)} ${words}`));
    await context.print(`${lines.join('\n')}\n`);
  }
  return exitCode;
}

function wordsOf({ problem, holders }: FoundKey): readonly string[] {
  if (problem !== undefined) return [`is no license key: it ${problem}`];
  if (holders.length === 0) return ['is not in this ledger'];
  return holders.map((holder) => {
    const { id, shard, kind, current, at, by, comment, voided } = holder;
    const what = current ? setOf(kind) : 'spent by a crash and issued to nobody';
    const remark = comment === null ? '' : `, comment: ${comment}`;
    const batch = `${kind}, batch ${id} (${shard}), ${shownState(holder)}`;
    return `${what}, ${batch}, ${at.toISOString()}, by ${by}${remark}${voidingWords(voided)}`;
  });
}

async function asJson(found: AsyncIterable<FoundKey>, name: string, context: Context): Promise<number> {
  const keys: object[] = [];
  let isAll = true;
  for await (const each of found) {
    isAll &&= isIssued(each);
    const { key, problem = null, holders } = each;
    keys.push({ key: beginningOf(key), issued: isIssued(each), problem, batches: holders.map(holderJson) });
  }
  await context.print(jsonReport('ledger-find', { ledger: shownLedger(name), issued: isAll, keys }));
  return isAll ? DONE : NO;
}

function holderJson(holder: Holder): object {
  const { id, shard, kind, current, at, by, comment, voided } = holder;
  const batch = { batch: id, shard, kind, set: setOf(kind), state: shownState(holder) };
  return { ...batch, current, at: at.toISOString(), by, comment, voided: voidingJson(voided) };
}
