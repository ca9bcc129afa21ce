import { shownPath } from '../../../node/files/file-error.js';
import { auditSeal, type RowDifferences, type SealAudit } from '../../../node/seal/audit-seal.js';
import type { Command } from '../../command/command.js';
import { DONE, NO } from '../../command/exit-code.js';
import { flag, flagged, inputFile, text } from '../../command/options.js';
import { grouped, Progress } from '../../command/progress.js';
import { givenKeys, sayWhichHalf, VERIFYING_OPTIONS } from '../../options/given-keys.js';
import { RESEALING_OPTIONS, resealing, sealedLists } from '../../options/seal-options.js';
import { jsonReport, listing } from '../../reports/listing.js';
import { batchJson, batchLines, tellRows } from '../../reports/seal-report.js';

/** `keywright seal audit`: whether lists are those that were sealed. */
export const sealAuditCommand: Command = {
  name: 'seal audit',
  operands: 'KEYS… --seal SEAL (--public-key PEM | --keyring FILE) [options]',
  describe: 'Hold a key file against its seal: exit 0 for the same rows in their order, else 1.',
  options: {
    seal: inputFile('the seal; its manifest lies beside it'),
    ...VERIFYING_OPTIONS,
    leaves: inputFile('the hashes that "seal create --leaves" wrote: names the rows that differ'),
    json: flagged('print JSON'),
    quiet: flagged('show no progress'),
    ...RESEALING_OPTIONS,
  },
  examples: [
    ['The same rows or not', 'seal audit keys.txt --seal november.seal --public-key app.public.pem'],
    [
      'Should rows be added, dropped or changed, which',
      'seal audit keys.txt --seal december.seal --leaves december.leaves --public-key app.public.pem',
    ],
    ['For a script', 'seal audit keys.txt --seal december.seal --public-key app.public.pem --json'],
  ],
  epilogue: [
    'The seal is verified first. What columns are claims, and how keys are compared, its manifest says.',
    'A dropped row is named by its number in the list that was sealed. The same rows in another order: exit 1.',
  ].join('\n'),

  async run(args, context) {
    const { keys, seal } = sealedLists(args, context);
    const { keyring, bare } = await givenKeys(args, context, ['seal']);
    const progress = new Progress(context, undefined, flag(args, 'quiet'), 'rows');
    try {
      const audit = await auditSeal(keys, {
        ...resealing(args, context, seal),
        leaves: text(args, 'leaves'),
        keyring,
        onProgress: (rows) => progress.update(rows),
      });
      progress.clear();
      sayWhichHalf(audit.kids[0], bare, context);
      if (audit.found !== undefined) tellRows(audit.found, 'no such rows were sealed', context);
      await context.print(flag(args, 'json') ? asJson(audit, seal) : asText(audit));
      return audit.found?.isSame === true ? DONE : NO;
    } finally {
      progress.clear();
    }
  },
};

/** Why the answer is no, in a word. */
function reasonOf({ breach, found }: SealAudit): string | null {
  if (breach !== undefined) return breach;
  if (found === undefined || found.isSame) return null;
  const { invalid, differences } = found;
  const isOrder = differences !== undefined && invalid === 0 && countOf(differences) === 0;
  return isOrder ? 'other_order' : 'other_rows';
}

function asJson(audit: SealAudit, seal: string): string {
  const { sealed: batch, kids, found } = audit;
  const { differences, rows = null, invalid = null, problems = [] } = found ?? {};
  return jsonReport('seal-audit', {
    seal,
    ok: found?.isSame === true,
    reason: reasonOf(audit),
    kids,
    rows,
    invalid,
    problems,
    added: differences?.added ?? null,
    dropped: differences?.dropped ?? null,
    changed: differences?.changed ?? null,
    sealed: batchJson(batch.checkpoint, batch.manifest),
  });
}

function asText(audit: SealAudit): string {
  const { sealed: batch, kids, breach, found } = audit;
  const reason = reasonOf(audit);
  if (breach !== undefined) return `refused: ${breach}\n${BREACHES[breach]}\n`;
  const lines = [...batchLines(batch.checkpoint, batch.manifest), ['signed by', kids.join(', ')]] as const;
  if (reason === null) return `the same rows\n${listing(lines)}`;
  const title = reason === 'other_order' ? 'the same rows, in another order' : 'other rows';
  const differences = found?.differences;
  const counts =
    differences === undefined ? [] : KINDS.map((kind) => [kind, grouped(differences[kind].rows)] as const);
  return `${title}\n${listing([...lines, ...counts])}${differences === undefined ? '' : places(differences)}`;
}

const KINDS = ['added', 'dropped', 'changed'] as const;

function countOf(differences: RowDifferences): number {
  return KINDS.reduce((sum, kind) => sum + differences[kind].rows, 0);
}

function places(differences: RowDifferences): string {
  return KINDS.flatMap((kind) => {
    const { rows, places: told } = differences[kind];
    const lines = told.map(({ path, line }) =>
      kind === 'dropped'
        ? `dropped: row ${line} of ${shownPath(path)} as it was sealed\n`
        : `${kind}: ${shownPath(path)}:${line}\n`,
    );
    return rows > told.length ? [...lines, `${kind}: ${grouped(rows - told.length)} more\n`] : lines;
  }).join('');
}

const BREACHES = {
  unknown_key: 'None of the keys that were given, and that are for seals, signed it.',
  bad_signature: 'The signature does not hold: what was signed has been changed.',
  key_compromised: 'The key that signed it was stolen: endorse the seal by another.',
} as const;
