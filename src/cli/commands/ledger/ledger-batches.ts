import { shownMask } from '../../../core/format/format-text.js';
import { shownText } from '../../../node/files/file-error.js';
import type { BatchRecord } from '../../../node/ledger/model/ledger.js';
import { shownLedger } from '../../../node/ledger/model/ledger-place.js';
import type { Command } from '../../command/command.js';
import { DONE } from '../../command/exit-code.js';
import { flag, flagged } from '../../command/options.js';
import { grouped } from '../../command/progress.js';
import { LEDGER_NAMES, onlyLedger, SECRET_FILE, withLedger } from '../../options/ledger-options.js';
import { jsonReport } from '../../reports/listing.js';

/** `keywright ledger batches`: what was issued, batch by batch. */
export const ledgerBatchesCommand: Command = {
  name: 'ledger batches',
  operands: 'LEDGER [options]',
  describe: 'List the batches of a ledger, oldest first: state, id, keys, format, who and when.',
  options: { 'secret-file': SECRET_FILE, json: flagged('print JSON') },
  examples: [
    ['Who issued what, and when', 'ledger batches issued.db'],
    ['For a script', 'ledger batches issued.db --json'],
    ['What is unfinished', 'ledger batches issued.db | grep -v "^done" || true'],
  ],
  epilogue: LEDGER_NAMES,

  async run(args, context) {
    const name = onlyLedger(context, 'ledger batches');
    const batches = await withLedger(name, args, context, (ledger) => ledger.batches());
    if (flag(args, 'json')) {
      await context.print(
        jsonReport('ledger-batches', { ledger: shownLedger(name), batches: batches.map(jsonOf) }),
      );
    } else {
      await context.print(batches.map(lineOf).join(''));
    }
    return DONE;
  },
};

// Named one by one, so that every engine's batches come out in one order.
function jsonOf(batch: BatchRecord) {
  const { id, shard, kind, state, mask, count, recorded, wasted, attempt, by } = batch;
  const times = { at: batch.at.toISOString(), doneAt: batch.doneAt?.toISOString() ?? null };
  return { id, shard, kind, state, mask, count, recorded, wasted, attempt, by, ...times };
}

function lineOf({ state, id, shard, kind, recorded, wasted, mask, by, at }: BatchRecord): string {
  const part = shard === '1/1' ? '' : ` ${shard}`;
  const spent = wasted === 0 ? '' : ` (${grouped(wasted)} more were spent by crashes)`;
  const what = mask === null ? kind : `${kind} ${shownMask(mask)}`;
  const keys = `${grouped(recorded)} keys${spent}`;
  const line = `${state.padEnd(9)} ${id}${part}  ${keys}  ${what}  ${by}  ${at.toISOString()}`;
  return `${shownText(line)}\n`;
}
