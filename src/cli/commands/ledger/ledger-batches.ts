import { shownMask } from '../../../core/format/format-text.js';
import { shownText } from '../../../node/files/file-error.js';
import type { BatchKind, BatchRecord } from '../../../node/ledger/model/ledger.js';
import { shownLedger } from '../../../node/ledger/model/ledger-place.js';
import type { Command } from '../../command/command.js';
import { DONE } from '../../command/exit-code.js';
import { flag, flagged } from '../../command/options.js';
import { grouped } from '../../command/progress.js';
import { BATCH_FILTER, BATCH_KINDS, batchFilter, shownState } from '../../options/batch-filter.js';
import { LEDGER_NAMES, onlyLedger, SECRET_FILE, withLedger } from '../../options/ledger-options.js';
import { voidingJson, voidingWords } from '../../reports/batch-words.js';
import { jsonReport } from '../../reports/listing.js';

/** `keywright ledger batches`: what was issued, batch by batch. */
export const ledgerBatchesCommand: Command = {
  name: 'ledger batches',
  operands: 'LEDGER [options]',
  describe: 'List the batches of a ledger, the newest last: state, id, keys, format, who, when and what for.',
  options: { ...BATCH_FILTER, 'secret-file': SECRET_FILE, json: flagged('print JSON') },
  examples: [
    ['Who issued what, and when', 'ledger batches issued.db'],
    ['What is unfinished, for a script', 'ledger batches issued.db --state reserving --json'],
    [
      "This year's batches of one product",
      "ledger batches issued.db --id 'acme-*' --kind generate --since 2026-01-01 --until 2027-01-01",
    ],
  ],
  epilogue: LEDGER_NAMES,

  async run(args, context) {
    const name = onlyLedger(context, 'ledger batches');
    const isMeant = batchFilter(args);
    const all = await withLedger(name, args, context, (ledger) => ledger.batches());
    const batches = all.filter(isMeant);
    const totals = totalsOf(batches);
    if (flag(args, 'json')) {
      const listed = { batches: batches.map(jsonOf), totals: Object.fromEntries(totals) };
      await context.print(jsonReport('ledger-batches', { ledger: shownLedger(name), ...listed }));
    } else {
      // Each line of stdout is about one batch.
      await context.print(batches.map(lineOf).join(''));
      context.say(totalWords(totals));
    }
    return DONE;
  },
};

/** Of each kind: its batches, and the keys that they issued or were given. */
type Totals = readonly (readonly [kind: BatchKind, { readonly batches: number; readonly keys: number }])[];

function totalsOf(all: readonly BatchRecord[]): Totals {
  return BATCH_KINDS.map((kind) => {
    const batches = all.filter((batch) => batch.kind === kind);
    const keys = batches.reduce((sum, { recorded }) => sum + recorded, 0);
    return [kind, { batches: batches.length, keys }] as const;
  });
}

function totalWords(totals: Totals): string {
  const words = totals
    .filter(([, { batches }]) => batches > 0)
    .map(([kind, { batches, keys }]) => `${kind} ${grouped(batches)} (${grouped(keys)} keys)`);
  return `total: ${words.length === 0 ? 'no batches' : words.join(', ')}`;
}

// Named one by one, so that every engine's batches come out in one order.
function jsonOf(batch: BatchRecord) {
  const { id, shard, kind, mask, count, recorded, wasted, attempt, by, comment } = batch;
  const [at, claimedAt] = [batch.at.toISOString(), batch.claimedAt.toISOString()];
  const times = { at, claimedAt, doneAt: batch.doneAt?.toISOString() ?? null };
  const remarks = { by, comment, ...times, voided: voidingJson(batch.voided) };
  return { id, shard, kind, state: shownState(batch), mask, count, recorded, wasted, attempt, ...remarks };
}

function lineOf(batch: BatchRecord): string {
  const { id, shard, kind, recorded, wasted, mask, by, at, comment, voided } = batch;
  const part = shard === '1/1' ? '' : ` ${shard}`;
  const spent = wasted === 0 ? '' : ` (${grouped(wasted)} more were spent by crashes)`;
  const what = mask === null ? kind : `${kind} ${shownMask(mask)}`;
  const keys = `${grouped(recorded)} keys${spent}`;
  const remark = comment === null ? '' : `  ${comment}`;
  const line = `${shownState(batch).padEnd(9)} ${id}${part}  ${keys}  ${what}  ${by}  ${at.toISOString()}${remark}`;
  return `${shownText(line + voidingWords(voided))}\n`;
}
