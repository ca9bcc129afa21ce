import { ownMember } from '../../core/encoding/json-text.js';
import { isKeywrightError } from '../../core/errors.js';
import {
  applyKeyringUpdate,
  type KeyringUpdate,
  type RefusedKeyringUpdate,
} from '../../core/keyring-update/keyring-update.js';
import {
  endorseKeyringUpdate,
  type KeyringUpdateTerms,
  signKeyringUpdate,
} from '../../core/keyring-update/sign-keyring-update.js';
import type { Keyring } from '../../core/sign/keyring.js';
import type { Signer } from '../../core/sign/signer.js';
import { damagedFile } from '../files/file-error.js';
import { noJsonObject, readTextFile } from '../files/text-file.js';
import { fileExists } from '../files/write-error.js';
import { OutputFiles } from '../publish/output-files.js';
import { replaceFile } from '../publish/replaced-file.js';

/** How files of updates are written. */
export interface KeyringUpdateOptions {
  /** Files that were read for it, none of which may be written. */
  readonly inputs?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An update and its state hold nothing secret. */
const MODE = 0o644;

/**
 * Writes an update of a keyring, signed by one signer. A file that is that very update, by keyring, name and number, gets
 * one more signature line and keeps its time, unless `issued` is given and another; anything else is replaced only with
 * `force`. Resolves with the update.
 *
 * @throws {KeywrightError} `file_exists`; as `signKeyringUpdate`, the signer and `OutputFiles`. Then the file is as it was.
 *
 * @example
 * const terms = { name: 'acme.example/keyring', number: 2, now: new Date() };
 * await signKeyringUpdateFile('keyring.update', await readKeyringFile('keyring.json'), terms, signer);
 */
export async function signKeyringUpdateFile(
  path: string,
  keyring: Keyring,
  terms: Omit<KeyringUpdateTerms, 'issued'> & { readonly issued?: Date | undefined; readonly now: Date },
  signer: Signer,
  { force = false, inputs, signal }: KeyringUpdateOptions & { readonly force?: boolean | undefined } = {},
): Promise<string> {
  await new OutputFiles({ force: true, inputs, signal }).check([path]);
  let update = '';
  const work = async (exists: boolean): Promise<Uint8Array> => {
    const endorsed = exists
      ? await endorseKeyringUpdate(await readOld(path, signal), keyring, terms, signer)
      : undefined;
    if (exists && endorsed === undefined && !force) throw fileExists(path);
    const issued = terms.issued ?? terms.now;
    update = endorsed ?? (await signKeyringUpdate(keyring, { ...terms, issued }, [signer]));
    return new TextEncoder().encode(update);
  };
  await replaceFile(path, work, { newMode: MODE, inputs, signal });
  return update;
}

/** What stands there; an empty text for what is no text. */
async function readOld(path: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    return await readTextFile(path, { signal });
  } catch (error) {
    if (isKeywrightError(error, 'damaged_file')) return '';
    throw error;
  }
}

/**
 * Takes an update of a keyring as `applyKeyringUpdate` does. What is kept of the updates stands in the file `state`, which
 * is made when there is none, and replaced whole; a refused update leaves it as it was.
 *
 * @throws {KeywrightError} `damaged_file` for a state that is none; as `readTextFile` and `OutputFiles`.
 *
 * @example
 * const update = await signKeyringUpdate(keyring, { name: 'a.example/keys', number: 2, issued: new Date() }, [signer]);
 * const answer = await applyKeyringUpdateFile(keyring, update, 'state.json');
 */
export async function applyKeyringUpdateFile(
  trusted: Keyring,
  update: unknown,
  state: string,
  { inputs, signal }: KeyringUpdateOptions = {},
): Promise<KeyringUpdate | RefusedKeyringUpdate> {
  await new OutputFiles({ force: true, inputs, signal }).check([state]);
  let answer: KeyringUpdate | RefusedKeyringUpdate | undefined;
  const work = async (exists: boolean): Promise<Uint8Array> => {
    answer = applyKeyringUpdate(trusted, update, exists ? await readState(state, signal) : undefined);
    if (!answer.ok) throw REFUSED;
    return new TextEncoder().encode(`${JSON.stringify(answer.state, null, 2)}\n`);
  };
  try {
    await replaceFile(state, work, { newMode: MODE, inputs, signal });
  } catch (error) {
    if (error !== REFUSED) throw error;
  }
  if (answer === undefined) throw new Error('a state was written that nobody made');
  return answer;
}

/** Ends the writing of a state. */
const REFUSED = new Error('the update is refused');

async function readState(path: string, signal: AbortSignal | undefined): Promise<object> {
  const text = await readTextFile(path, { signal });
  try {
    const state: unknown = JSON.parse(text);
    if (typeof state === 'object' && state !== null && !Array.isArray(state)) {
      // Another file that is named by mistake, a keyring perhaps, is not to be replaced.
      if (Array.isArray(ownMember(state, 'seen'))) return state;
      throw damagedFile(path, 'is no state that "keyring apply" keeps: restore it, or name another file');
    }
  } catch (error) {
    if (isKeywrightError(error)) throw error;
  }
  throw noJsonObject(path, 'restore the state, or remove it to begin anew');
}
