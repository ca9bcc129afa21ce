import { KeywrightError } from '../../core/errors.js';
import { BODY_BYTES } from '../../core/note/signed-body.js';
import { openRevocations } from '../../core/revocations/revocations.js';
import type { LicenseComparison } from '../../core/revocations/revoked-id.js';
import { type RevocationsTerms, signRevocations } from '../../core/revocations/sign-revocations.js';
import { readUnverified, type UnverifiedRevocations } from '../../core/revocations/unverified-revocations.js';
import type { Keyring } from '../../core/sign/keyring.js';
import { addPublicKey } from '../../core/sign/keyring-changes.js';
import type { Signer } from '../../core/sign/signer.js';
import { ByteSource } from '../files/byte-source.js';
import { damagedFile } from '../files/file-error.js';
import { OutputFiles } from '../publish/output-files.js';
import { replaceFile } from '../publish/replaced-file.js';

/** How a file of revocations is written. */
export interface RevocationsFileOptions {
  /** Files that were read for it, none of which may be the file itself. */
  readonly inputs?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What stands in a file of revocations now. */
export interface RevocationsReport extends Omit<RevocationsTerms, 'comparison'> {
  readonly comparison: LicenseComparison;
  /** How many keys are revoked. */
  readonly count: number;
  /** The key that signed. */
  readonly kid: string;
}

/** It holds nothing secret: clients get it. */
const MODE = 0o644;

/**
 * Makes a file of revocations: a new name, whole or not at all, readable by all as the umask permits.
 *
 * @throws {KeywrightError} as `signRevocations`, the signer and `OutputFiles`: `file_exists` among them.
 *
 * @example
 * const ids = new Map([[revokedId('7QX4M-9K2TD', 'canonical') ?? '', 'refunded']]);
 * const terms = { name: 'acme.example/app', product: 'app', number: 1, issued: new Date(0), next: new Date(1e9) };
 * (await createRevocationsFile('revoked.list', ids, terms, signer)).count; // 1
 */
export async function createRevocationsFile(
  path: string,
  ids: ReadonlyMap<string, string>,
  terms: RevocationsTerms,
  signer: Signer,
  { inputs, signal }: RevocationsFileOptions = {},
): Promise<RevocationsReport> {
  const files = new OutputFiles({ inputs, signal });
  try {
    await files.check([path]);
    const bytes = await signRevocations(ids, terms, signer);
    const file = await files.create(path, MODE & ~process.umask());
    await file.write(bytes);
    await files.publish();
    return reportOf(ids, terms, signer);
  } finally {
    await files.discard();
  }
}

/** How {@link changeRevocationsFile} works. */
export interface RevocationsChangeOptions extends RevocationsFileOptions {
  /** The time of the new issue; a clock is asked when those that came before are done. */
  readonly now: Date | (() => Date);
  /** When the next issue is due; by default as long after this one as that of the issue before was after that. */
  readonly next?: Date | undefined;
  /** Who may have signed the issue before: the signer's own key unless told. */
  readonly keyring?: Keyring | undefined;
}

/**
 * Replaces a file of revocations by its next issue, whole or not at all: what `change` makes of the ids and their reasons,
 * with the same name, product and comparison, a number that is one greater, signed now. The issue before is verified
 * first. Of several processes one comes after the other; the mode of the file stays.
 *
 * @throws {KeywrightError} `damaged_file`: no such list, or one that nobody of the keyring signed; `invalid_option`: `now` is
 * before the issue before. As `openKeyFile`, `signRevocations`, the signer and `OutputFiles`. Then the file is as it was.
 *
 * @example
 * const terms = { name: 'acme.example/app', product: 'app', number: 1, issued: new Date(0), next: new Date(1e9) };
 * await createRevocationsFile('revoked.list', new Map(), terms, signer);
 * const id = revokedId('7QX4M-9K2TD', 'canonical') ?? '';
 * const add = (ids) => void ids.set(id, 'unpaid');
 * (await changeRevocationsFile('revoked.list', add, signer, { now: new Date(60_000) })).number; // 2
 */
export async function changeRevocationsFile(
  path: string,
  change: (ids: Map<string, string>, before: UnverifiedRevocations) => void | Promise<void>,
  signer: Signer,
  options: RevocationsChangeOptions,
): Promise<RevocationsReport> {
  const { next, keyring, inputs, signal } = options;
  const trusted = keyring ?? ownKeyring(signer);
  let report: RevocationsReport | undefined;
  const work = async (): Promise<Uint8Array> => {
    const now = typeof options.now === 'function' ? options.now() : options.now;
    const before = await readBelieved(path, trusted, now, signal);
    const ids = before.ids();
    await change(ids, before);
    const { name, product, comparison, number, issued } = before;
    if (now < issued) throw clockBehind();
    const due = next ?? new Date(now.getTime() + before.next.getTime() - issued.getTime());
    const terms = { name, product, comparison, number: number + 1, issued: now, next: due };
    const bytes = await signRevocations(ids, terms, signer);
    report = reportOf(ids, terms, signer);
    return bytes;
  };
  await replaceFile(path, work, { newMode: MODE, inputs, signal });
  if (report === undefined) throw new Error('a list was written that nobody made');
  return report;
}

/** The list in a file, which somebody of `trusted` signed. */
async function readBelieved(
  path: string,
  trusted: Keyring,
  now: Date,
  signal: AbortSignal | undefined,
): Promise<UnverifiedRevocations> {
  const bytes = await readRevocationsBytes(path, { signal });
  const before = readUnverified(bytes);
  if (typeof before === 'string') throw noList(path, before);
  const { name, product } = before;
  const opened = await openRevocations(bytes, trusted, { name, product, now });
  if (opened.ok) return before;
  if (opened.cause === undefined || opened.cause === 'malformed') throw noList(path, opened.fault);
  throw damagedFile(
    path,
    `is not signed by a key to be believed (${opened.cause}): give the keyring of who signed it`,
  );
}

/** A `damaged_file` error for what is no list of revocations; `fault` is what is wrong, as `readUnverified` tells it. */
export function noList(path: string, fault: string): KeywrightError<'damaged_file'> {
  return damagedFile(path, `is no list of revocations, or a damaged one (${fault}): restore it`);
}

/**
 * The bytes of a file of revocations, or of standard input for `-`: more than a verifier takes are cut off behind that.
 *
 * @throws {KeywrightError} `missing_file`.
 */
export async function readRevocationsBytes(
  path: string,
  {
    stdin,
    signal,
  }: { readonly stdin?: AsyncIterable<Uint8Array> | undefined; readonly signal?: AbortSignal | undefined },
): Promise<Uint8Array> {
  const source = await ByteSource.open(path, stdin, signal);
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of source.chunks()) {
      parts.push(chunk);
      length += chunk.length;
      if (length > BODY_BYTES) break;
    }
  } finally {
    await source.close();
  }
  return Buffer.concat(parts);
}

function ownKeyring({ publicKey }: Signer): Keyring {
  if (publicKey !== undefined) return addPublicKey(undefined, publicKey, { purposes: ['list'] });
  throw new KeywrightError('invalid_key', 'the signer names no public key of Ed25519: use one that does', {});
}

function clockBehind(): KeywrightError<'invalid_option'> {
  const message = 'the time is before the issue that it follows: set the clock, or name a later time';
  return new KeywrightError('invalid_option', message, { option: 'now' });
}

function reportOf(
  ids: ReadonlyMap<string, string>,
  { name, product, number, issued, next, comparison = 'canonical' }: RevocationsTerms,
  { kid }: Signer,
): RevocationsReport {
  return { name, product, comparison, number, issued, next, count: ids.size, kid };
}
