import { formatUtcTime, wholeSeconds } from '../../core/encoding/utc-time.js';
import type { RevocationsReport } from '../../node/revocations/revocations-file.js';
import type { RevokedKeys } from '../../node/revocations/revoked-keys.js';
import type { Context } from '../command/command.js';
import { type Arguments, flag } from '../command/options.js';
import { grouped } from '../command/progress.js';
import { jsonReport, listing } from './listing.js';
import { columnLines, tellManifests, tellReadings } from './reading-report.js';

/** What a list says of itself. */
export type ShownTerms = Omit<RevocationsReport, 'kid'>;

/** What a list says of itself, for programs. */
export function termsJson({ issued, next, name, product, comparison, number, count }: ShownTerms) {
  const times = { issued: formatUtcTime(wholeSeconds(issued)), next: formatUtcTime(wholeSeconds(next)) };
  return { name, product, comparison, number, ...times, count };
}

/** What a list says of itself, for people. */
export function termLines(terms: ShownTerms): readonly (readonly [name: string, value: string])[] {
  const { name, product, comparison, number, issued, next, count } = termsJson(terms);
  return [
    ['name', name],
    ['product', product],
    ['number', String(number)],
    [
      'revoked',
      `${grouped(count)} ${count === 1 ? 'key' : 'keys'}${comparison === 'exact' ? ', compared as texts' : ''}`,
    ],
    ['issued', issued],
    ['next', next],
  ];
}

/** Prints what was issued; `counts` is what became of the keys that were given. */
export async function printIssue(
  args: Arguments,
  context: Context,
  file: string,
  report: RevocationsReport,
  { found: { lists, manifests } }: Pick<RevokedKeys, 'found'>,
  counts: Readonly<Record<string, number>>,
): Promise<void> {
  tellManifests(manifests, context);
  tellReadings(lists, context);
  if (flag(args, 'json')) {
    const { kid } = report;
    await context.print(
      jsonReport('revocations', { file, ...termsJson(report), kid, ...counts, inputs: lists }),
    );
    return;
  }
  await context.print(
    listing([
      ...termLines(report),
      ['signed by', report.kid],
      ...Object.entries(counts).map(
        ([what, count]) => [what, `${grouped(count)} ${count === 1 ? 'key' : 'keys'}`] as const,
      ),
      ...columnLines(lists),
      ['written', file],
    ]),
  );
}
