import { shownText } from '../../../node/files/file-error.js';
import { issuer } from '../../../node/issue/batch-name.js';
import { shardName } from '../../../node/ledger/keyed-ledger.js';
import { shownLedger } from '../../../node/ledger/model/ledger-place.js';
import type { VoidedShard } from '../../../node/ledger/model/voiding.js';
import type { Command } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import { type Arguments, flag, flagged, shard, text, valued } from '../../command/options.js';
import { grouped } from '../../command/progress.js';
import { LEDGER_NAMES, ledgerOperands, SECRET_FILE, withLedger } from '../../options/ledger-options.js';
import { voidingJson, voidingWords } from '../../reports/batch-words.js';
import { jsonReport } from '../../reports/listing.js';

/** `keywright ledger void`: takes a batch back. */
export const ledgerVoidCommand: Command = {
  name: 'ledger void',
  operands: 'LEDGER BATCH --reason TEXT [options]',
  describe: 'Take back a batch that is done: its keys stay spent, and whoever asks the ledger hears of it.',
  options: {
    reason: valued('why, in one line', { value: 'TEXT' }),
    shard: valued('i/n: this shard alone (default all of them)'),
    by: valued('who takes it back (default user@host)'),
    undo: flagged('the batch is good again'),
    'secret-file': SECRET_FILE,
    json: flagged('report as JSON on stdout'),
  },
  examples: [
    ['A batch whose upload failed', "ledger void issued.db night-7 --reason 'the upload failed'"],
    [
      'One shard of it',
      "ledger void issued.db night-7 --shard 2/4 --reason 'published by mistake' --json || true",
    ],
    ['That was wrong', 'ledger void issued.db night-7 --undo || true'],
  ],
  epilogue: [
    LEDGER_NAMES,
    'Exit code 0: done; 1: it was so before, and nothing was changed.',
    'An app that verifies offline does not hear of it: see keywright revocations add --batch-id.',
  ].join('\n'),

  async run(args, context) {
    const { name, rest } = ledgerOperands(context, 'ledger void');
    const [id, ...others] = rest;
    if (id === undefined || others.length > 0)
      throw new UsageError('ledger void takes one batch: give its id');
    const taken = takenBack(args);
    const part = shard(args);
    const shards = await withLedger(name, args, context, (ledger) =>
      ledger.setVoid(id, part && shardName(part), taken, new Date()),
    );
    if (flag(args, 'json'))
      await context.print(
        jsonReport('ledger-void', { ledger: shownLedger(name), batch: id, shards: shards.map(jsonOf) }),
      );
    else await context.print(shards.map((each) => lineOf(id, each)).join(''));
    return shards.some(({ changed }) => changed) ? DONE : NO;
  },
};

/** Null for the undoing. */
function takenBack(args: Arguments) {
  const [reason, by = issuer()] = [text(args, 'reason'), text(args, 'by')];
  if (flag(args, 'undo')) {
    if (reason !== undefined) throw new UsageError('--undo takes no reason: leave --reason out');
    return null;
  }
  if (reason === undefined) throw new UsageError('--reason is missing: say why, in one line');
  return { reason, by };
}

function jsonOf({ shard: part, count, changed, voided }: VoidedShard): object {
  return { shard: part, count, changed, voided: voidingJson(voided) };
}

function lineOf(id: string, { shard: part, count, changed, voided }: VoidedShard): string {
  const state = voided === null ? 'good' : 'voided';
  const before = changed ? '' : `, was so before${voidingWords(voided)}`;
  return `${shownText(`${state.padEnd(9)} ${id} (${part}), ${grouped(count)} keys${before}`)}\n`;
}
