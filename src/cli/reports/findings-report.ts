import { shownMask } from '../../core/format/format-text.js';
import type { KeyFormat } from '../../core/format/key-format.js';
import type {
  AuditFilesOptions,
  AuditFilesResult,
  DedupeCounts,
  Finding,
} from '../../node/dedupe/report/options.js';
import { shownPath, shownText } from '../../node/files/file-error.js';
import { beginningOf } from '../../node/files/key-beginning.js';
import type { Context } from '../command/command.js';
import { grouped } from '../command/progress.js';
import { tellManifests, tellReadings } from './reading-report.js';

/** How many findings are shown. */
export const SHOWN_FINDINGS = 10;

/** Tells which of the files named behind `--against` are manifests, and what is odd about the lists. */
export function tellLists({ skipped, files, against }: AuditFilesResult, context: Context): void {
  tellManifests(skipped, context);
  tellReadings([...against, ...files], context);
}

/** Tells why keys were compared exactly, when nobody asked for it. */
export function tellComparison(result: AuditFilesResult, options: AuditFilesOptions, context: Context): void {
  if (result.comparison !== 'exact' || options.exact === true) return;
  context.say('keys of this format may differ in case alone, so they are compared exactly');
}

/** What decides about keys that differ in case alone. */
export const CASE_CHOICE =
  '--ignore-case takes them for one key, --exact for two, --format decides by itself';

/** The formats that were given. */
export function formatsOf({ format }: AuditFilesOptions): readonly KeyFormat[] {
  return [format ?? []].flat();
}

/** How many keys fit each of several formats. */
export function fitsInWords(
  files: AuditFilesResult['files'],
  options: AuditFilesOptions,
): readonly (readonly [string, string])[] {
  const formats = formatsOf(options);
  if (formats.length < 2) return [];
  const sums = formats.map((_, index) => files.reduce((sum, { fits }) => sum + (fits[index] ?? 0), 0));
  return formats.map((format, index) => {
    const sum = sums[index] ?? 0;
    return [shownMask(format.mask), sum === 1 ? '1 key fits' : `${grouped(sum)} keys fit`];
  });
}

/** What was counted, on one line. */
export function countsInWords(counts: DedupeCounts): string {
  const { read, duplicates, known, spellings, cases, invalid } = counts;
  const parts = [
    `${grouped(read)} ${read === 1 ? 'key' : 'keys'}`,
    duplicates === 0
      ? 'no duplicates'
      : `${grouped(duplicates)} ${duplicates === 1 ? 'duplicate' : 'duplicates'}`,
    ...(known === 0 ? [] : [`${grouped(known)} known`]),
    ...(spellings === 0 ? [] : [`${grouped(spellings)} of these spelled differently`]),
    ...(cases === 0 ? [] : [`${grouped(cases)} that may differ in case`]),
    ...(invalid === 0 ? [] : [`${grouped(invalid)} invalid`]),
  ];
  return parts.join(', ');
}

/** A finding on one line, with no more of the key than its first group. */
export function findingInWords(finding: Finding): string {
  const place = `${placeOf(finding)}: ${beginningOf(finding.key)}`;
  if (finding.kind === 'invalid') return `${place} is no key (${shownText(finding.problem)})`;
  if (finding.kind === 'case') return `${place} differs in case alone from ${placeOf(finding.first)}`;
  const what = finding.kind === 'known' ? 'is known from' : 'repeats';
  const spelling = finding.differs ? ', spelled differently' : '';
  return `${place} ${what} ${placeOf(finding.first)}${spelling}`;
}

/** What both commands report as JSON. */
export function jsonOf(result: AuditFilesResult, options: AuditFilesOptions, elapsedMs: number): object {
  const { read, kept, duplicates, known, spellings, cases, invalid, dropped } = result;
  const { files, against, skipped, findings, partitioned } = result;
  return {
    canonical: result.comparison,
    formats: formatsOf(options).map(({ mask }) => mask),
    ...{ read, kept, duplicates, known, spellings, cases, invalid, dropped },
    files,
    against,
    skipped,
    findings: findings.map(findingAsJson),
    report: options.report ?? null,
    partitioned,
    elapsedMs,
  };
}

function findingAsJson(finding: Finding): object {
  const { kind, path, line, key } = finding;
  const found = { kind, path, line, key: beginningOf(key), format: finding.format ?? null };
  if (kind === 'invalid') return { ...found, problem: finding.problem };
  return { ...found, first: finding.first, spellingDiffers: finding.differs };
}

function placeOf({ path, line }: { readonly path: string; readonly line: number }): string {
  return line === 0 ? 'the ledger' : `${shownPath(path)}:${line}`;
}
