import type { JsonObject } from '../../core/encoding/json-text.js';
import { KeywrightError } from '../../core/errors.js';
import { importSeconds } from '../../core/vendors/server/import-time.js';
import type { Level } from '../../core/vendors/server/vendor.js';
import { ANY_TEXT, FieldValues, schemaFields } from '../fields/field-values.js';
import type { Mapping, PlacedRow } from '../fields/import-rows.js';
import type { Problems } from '../fields/problems.js';
import type { ConstantField } from '../rows/key-rows.js';
import { type BaseUrl, parseBaseUrl } from './base-url.js';
import { CellWriter, headOf, usedColumns } from './cell-writer.js';
import type { FileTarget } from './file-targets.js';
import type { RequestsOutput } from './output.js';
import type { RequestsReport } from './report.js';
import { RequestWriter } from './request-writer.js';
import { type PreparingVendor, targetNamed } from './targets.js';

/** What is to be prepared, read and checked before any list. */
export interface Job {
  readonly values: FieldValues;
  readonly baseUrl: string | null;
  /** What is to be known before anything is read. */
  readonly notices: readonly string[];
  /** Entries a file at most; undefined: all in one file of its own name. */
  readonly entriesPerFile: number | undefined;
  /** What stands before the first entry of each file. */
  readonly head: string;
  writer(output: RequestsOutput, problems: Problems): RowWriter;
}

/** Takes the rows one after the other. */
export interface RowWriter {
  /**
   * Refuses fields that no row could be imported with; only of use when no column is mapped to a field.
   *
   * @throws {KeywrightError} `invalid_option` that tells all that is wrong with them.
   */
  checkFields(): void;
  add(row: PlacedRow): Promise<void>;
  /** Writes what still waits. */
  end(): Promise<void>;
  /** What came of the rows. */
  summary(): Summary;
}

/** The part of a report that depends on the kind of target. */
export type Summary = Pick<
  RequestsReport,
  'software' | 'document' | 'keys' | 'requests' | 'calls' | 'warnings' | 'pace' | 'quotas' | 'seconds'
>;

/** What a job is made of. */
export interface JobOptions {
  readonly target: string;
  readonly now: Date;
  readonly set?: readonly ConstantField[] | undefined;
  readonly map?: readonly Mapping[] | undefined;
  readonly ref?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly chunk?: number | undefined;
  readonly level?: Level | undefined;
}

/**
 * Opens the job of a target.
 *
 * @throws {KeywrightError} `invalid_option`: no such target or field, a value that its field does not take, a base
 *   URL or a chunk where there is none or too large a one.
 */
export async function openJob(options: JobOptions): Promise<Job> {
  const target = targetNamed(options.target);
  if (target.kind === 'file') return fileJob(target, options);
  return requestJob(await target.load(), options);
}

function requestJob(vendor: PreparingVendor, options: JobOptions): Job {
  const { key, secret, path, metadataItem } = vendor.prepareFields;
  const { level } = options;
  const fields = schemaFields(vendor.createRequestJsonSchema(level));
  const values = new FieldValues(
    new Map([...path.map((name) => [name, ANY_TEXT] as const), ...fields]),
    key,
    secret,
    metadataItem !== undefined,
  );
  const constants = checked(values, options);
  const most = vendor.keysPerRequest;
  if (options.chunk !== undefined && options.chunk > most) {
    throw refusal(
      'chunk',
      `${vendor.vendorName} takes at most ${most} ${most === 1 ? 'key' : 'keys'} a request: make smaller chunks`,
    );
  }
  const baseUrl = options.baseUrl === undefined ? undefined : parseBaseUrl(options.baseUrl);
  const prepareOptions = {
    fields: constants,
    now: options.now,
    level,
    baseUrl: baseUrl?.url,
  };
  return {
    values,
    baseUrl: baseUrl?.url ?? null,
    notices: noticesOf(vendor, options),
    entriesPerFile: undefined,
    head: '',
    writer: (output, problems) => {
      const writer = new RequestWriter(vendor, prepareOptions, options.chunk ?? most, output, problems);
      return {
        checkFields: () => writer.checkFields(),
        add: (row) => writer.add(row),
        end: () => writer.end(),
        summary: () => requestSummary(vendor, writer, baseUrl),
      };
    },
  };
}

/** A request has one owner for all of its keys. */
function noticesOf(vendor: PreparingVendor, { map = [] }: JobOptions): readonly string[] {
  const { vendorName, pace, prepareFields } = vendor;
  const own = map.map(([, field]) => field).filter((field) => prepareFields.owner?.includes(field));
  if (own.length === 0) return [];
  const fields = own.join(' and ');
  return [
    `a request to ${vendorName} has one ${fields} for all of its keys, so rows that differ there go one key a request, ${pace.advised} a second`,
  ];
}

function requestSummary(
  vendor: PreparingVendor,
  writer: RequestWriter,
  baseUrl: BaseUrl | undefined,
): Summary {
  const { keys, requests, calls, licenses } = writer.tally;
  const open = 'what is sent to an http URL can be read on the way, the secret too: use https';
  return {
    software: vendor.vendorName,
    document: null,
    keys,
    requests,
    calls,
    warnings: [...writer.warnings.all, ...(baseUrl?.open === true ? [{ message: open, requests }] : [])],
    pace: vendor.pace,
    quotas: vendor.quotas.map((quota, index) => ({ ...quota, used: licenses[index] ?? 0 })),
    seconds: importSeconds(calls, licenses, vendor.pace, vendor.quotas),
  };
}

function fileJob(target: FileTarget, options: JobOptions): Job {
  const columns = new Map(target.columns.map(({ name }) => [name, ANY_TEXT] as const));
  const values = new FieldValues(columns, target.keyColumn, []);
  const constants = checked(values, options);
  if (options.baseUrl !== undefined) {
    throw refusal('baseUrl', `${target.software} imports files: leave out the base URL`);
  }
  if (options.ref !== undefined) {
    throw refusal('ref', `${target.software} imports files, which have no references: leave it out`);
  }
  const { rowsPerFile, software, document } = target;
  if (options.chunk !== undefined && rowsPerFile !== undefined && options.chunk > rowsPerFile) {
    throw refusal('chunk', `${software} reads at most ${rowsPerFile} rows of a file: make smaller chunks`);
  }
  const names = new Set([...Object.keys(constants), ...(options.map ?? []).map(([, field]) => field)]);
  const used = usedColumns(target, names);
  const advice = Object.entries(target.advice ?? {}).filter(([name]) => names.has(name));
  return {
    values,
    baseUrl: null,
    notices: [],
    entriesPerFile: options.chunk ?? rowsPerFile,
    head: headOf(target, used),
    writer: (output, problems) => {
      const writer = new CellWriter(target, constants, used, output, problems);
      return {
        checkFields: () => writer.checkFields(),
        add: (row) => writer.add(row),
        end: async () => {},
        summary: () => ({
          software,
          document,
          keys: writer.keys,
          requests: 0,
          calls: 0,
          warnings: advice.map(([name, text]) => ({ message: `${name} ${text}`, requests: 0 })),
          pace: null,
          quotas: [],
          seconds: null,
        }),
      };
    },
  };
}

/** The constants, once they and the mapped fields are known to be there. */
function checked(values: FieldValues, { set = [], map = [] }: JobOptions): JsonObject {
  for (const [, field] of map) values.check(field, 'map');
  const mapped = map.map(([, field]) => field);
  const repeated = mapped.find((field, index) => mapped.indexOf(field) !== index);
  if (repeated !== undefined) throw refusal('map', `${repeated} gets two columns: map one`);
  return values.constants(set);
}

function refusal(option: string, message: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', message, { option });
}
