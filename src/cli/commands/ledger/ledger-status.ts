import { shownText } from '../../../node/files/file-error.js';
import { shownLedger } from '../../../node/ledger/model/ledger-place.js';
import type { LedgerMarks } from '../../../node/ledger/model/marks.js';
import type { Command } from '../../command/command.js';
import { DONE } from '../../command/exit-code.js';
import { flag, flagged } from '../../command/options.js';
import { grouped } from '../../command/progress.js';
import { LEDGER_NAMES, onlyLedger, SECRET_FILE, withLedger } from '../../options/ledger-options.js';
import { jsonReport, listing } from '../../reports/listing.js';

/** `keywright ledger status`: a ledger in figures. */
export const ledgerStatusCommand: Command = {
  name: 'ledger status',
  operands: 'LEDGER [options]',
  describe: 'Tell what a ledger holds, in figures.',
  options: { 'secret-file': SECRET_FILE, json: flagged('print JSON') },
  examples: [
    ['How many keys it holds', 'ledger status issued.db'],
    ['For a script', 'ledger status issued.db --json'],
    [
      'Whether a ledger and its secret belong together',
      'ledger status shared.db --secret-file ledger.secret > /dev/null',
    ],
  ],
  epilogue: LEDGER_NAMES,

  async run(args, context) {
    const name = onlyLedger(context, 'ledger status');
    const status = await withLedger(name, args, context, (ledger) => ledger.status());
    const { engine, version, id, comparison, secret, fewestBits, keys, batches, voided, marks } = status;
    const createdAt = status.createdAt.toISOString();
    const ledger = shownLedger(name);
    if (flag(args, 'json')) {
      await context.print(
        jsonReport('ledger-status', {
          ledger,
          engine,
          version,
          id,
          comparison,
          secret,
          fewestBits,
          createdAt,
          keys,
          batches,
          voided,
          moved: marks.movedTo && { to: marks.movedTo, at: marks.movedAt?.toISOString() ?? null },
          copying: marks.copying,
          restoring: marks.restoring,
        }),
      );
      return DONE;
    }
    const unfinished = batches.reserving + batches.prepared;
    await context.print(
      listing([
        ['ledger', `${ledger} (${engine}, version ${version}), made ${createdAt}`],
        ['compares', comparison === 1 ? 'canonical form v1' : 'keys exactly as they are written'],
        ['id', id],
        [
          'secret',
          `${secret === 'none' ? 'none' : 'kept outside'}${fewestBits === 0 ? '' : `: no formats under ${fewestBits} bits`}`,
        ],
        ['issued', `${grouped(keys.issued)} keys`],
        ['created', `${grouped(keys.created)} keys`],
        [
          'batches',
          `${grouped(batches.done)} done${voided === 0 ? '' : ` (${grouped(voided)} of them voided)`}${unfinished === 0 ? '' : `, ${grouped(unfinished)} unfinished: see keywright ledger batches`}`,
        ],
        ...standing(marks),
      ]),
    );
    return DONE;
  },
};

/** Why it issues nothing, if so. */
function standing({
  movedTo,
  movedAt,
  copying,
  restoring,
}: LedgerMarks): readonly (readonly [string, string])[] {
  const reasons = [
    movedTo === null
      ? ''
      : `it was moved to ${shownText(movedTo)} on ${movedAt?.toISOString() ?? 'some day'}`,
    copying ? 'a copy into it is under way, or was cut off' : '',
    restoring ? 'it was restored from a backup, and waits for keywright ledger copy --restored' : '',
  ];
  return reasons.filter((reason) => reason !== '').map((reason) => ['issues', `nothing: ${reason}`]);
}
