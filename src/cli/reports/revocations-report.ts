import { formatUtcTime, wholeSeconds } from '../../core/encoding/utc-time.js';
import type { RevocationsReport } from '../../node/revocations/revocations-file.js';
import type { KeysAndOrigins } from '../../node/revocations/revoke-keys.js';
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
      `${grouped(count)} ${count === 1 ? 'key or origin' : 'keys or origins'}${comparison === 'exact' ? ', compared as texts' : ''}`,
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
  counts: Readonly<Record<string, KeysAndOrigins>>,
): Promise<void> {
  tellManifests(manifests, context);
  tellReadings(lists, context);
  if (flag(args, 'json')) {
    const { kid } = report;
    const numbers = Object.fromEntries(Object.entries(counts).map(([what, { all }]) => [what, all]));
    await context.print(
      jsonReport('revocations', { file, ...termsJson(report), kid, ...numbers, inputs: lists }),
    );
    return;
  }
  await context.print(
    listing([
      ...termLines(report),
      ['signed by', report.kid],
      ...Object.entries(counts).map(([what, count]) => [what, counted(count)] as const),
      ...columnLines(lists),
      ['written', file],
    ]),
  );
}

/** As `2 keys, 1 origin`. */
function counted({ keys, origins }: KeysAndOrigins): string {
  const kinds = [
    ...(keys > 0 || origins === 0 ? [`${grouped(keys)} ${keys === 1 ? 'key' : 'keys'}`] : []),
    ...(origins > 0 ? [`${grouped(origins)} ${origins === 1 ? 'origin' : 'origins'}`] : []),
  ];
  return kinds.join(', ');
}
