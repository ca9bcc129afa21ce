import { keptList, keptMember, keptValue } from '../encoding/kept-json.js';
import { decodeUtf8 } from '../encoding/utf8.js';
import { isKeywrightError, KeywrightError } from '../errors.js';
import {
  isRollback,
  isSuperseded,
  keepLatest,
  type LatestSeen,
  readLatest,
  type SeenIssue,
} from '../note/latest-seen.js';
import { type BodyKind, type BodyReason, openBody } from '../note/signed-body.js';
import { Keyring, type KeyringKey, parseKeyring } from '../sign/keyring.js';
import { isFor } from '../sign/verify.js';

/** What a client keeps of the updates it has taken: plain JSON. */
export interface KeyringState extends LatestSeen {
  /** Which keys updates called compromised, and the key that signed so: they stay so, whatever a later update says. */
  readonly compromised: readonly { readonly kid: string; readonly by: string }[];
}

/** An update that is to be believed. */
export interface KeyringUpdate {
  readonly ok: true;
  /** The keyring to verify with from now on. */
  readonly keyring: Keyring;
  readonly name: string;
  readonly number: number;
  /** The key that signed; of several the first that is trusted. */
  readonly kid: string;
  readonly signedAt: Date;
  /** What to keep, as JSON, beside the update itself, and to give as `state` the next time. */
  readonly state: KeyringState;
}

/** Why an update is not to be believed; the first that applies, in the order they stand here. */
export type KeyringUpdateReason = BodyReason | 'rollback';

/** An update that is not to be believed: go on with the keyring that is embedded. */
export interface RefusedKeyringUpdate {
  readonly ok: false;
  readonly reason: KeyringUpdateReason;
  /** What is wrong with it: the name of a line, or `size`, `note`, `schema`, `lines`, `body`. */
  readonly fault: string;
}

/**
 * Takes an update of a keyring: its bytes or its text. `trusted` is the keyring that the app embeds, never one that an
 * update brought: so a new release of the app overrules every update that it does not know the signer of. Give the same
 * update again at every start; that one is taken, an older one is not.
 *
 * Any update and any state whatever get an answer; a state may be the JSON text that it was kept as. Believed is what a key
 * of `trusted` with the purpose `keyring` signed, and whose number is not lower than one of the same key before. One that was
 * signed before an update of another key, which it does not call compromised, is refused as well. Keys that `trusted`, or an
 * update before, calls compromised stay compromised, and sign no update. What keys said that `trusted` itself does not
 * believe, or not any more, is forgotten: so a release of the app also repairs what a thief of such a key has done.
 *
 * @throws {KeywrightError} `invalid_option` for a keyring that `parseKeyring` did not make.
 *
 * @example
 * const update = applyKeyringUpdate(embedded, bytes, state);
 * const current = update.ok ? update.keyring : embedded;
 */
export function applyKeyringUpdate(
  trusted: Keyring,
  update: unknown,
  state?: unknown,
): KeyringUpdate | RefusedKeyringUpdate {
  if (!Keyring.is(trusted)) {
    const message = 'the keyring is not loaded: use parseKeyring';
    throw new KeywrightError('invalid_option', message, { option: 'keyring' });
  }
  const { name: before, seen, compromised } = readState(state, trusted);
  const opened = openBody(update, KEYRING_UPDATE, keepCompromised(trusted, trusted, compromised));
  if (!opened.ok) return opened;
  const { name, number, issued } = opened.lines;
  if (before !== undefined && before !== name) return refuse('malformed', 'name');
  if (isRollback(opened, seen)) return refuse('rollback', 'number');
  const given = readKeyring(opened.body);
  if (given === undefined) return refuse('malformed', 'body');
  const keyring = keepCompromised(given, trusted, compromised);
  if (isSuperseded(opened, seen, keyring)) return refuse('rollback', 'issued');
  const called = given.keys
    .filter(({ status }) => status === 'compromised')
    .flatMap(({ kid }) => opened.signers.map((signer) => ({ kid, by: signer.kid })));
  const isNew = (one: Called) => !compromised.some(({ kid, by }) => kid === one.kid && by === one.by);
  return {
    ok: true,
    keyring,
    name,
    number,
    kid: opened.signers[0].kid,
    signedAt: issued,
    state: { ...keepLatest(opened, seen), compromised: [...compromised, ...called.filter(isNew)] },
  };
}

/** The note of an update; its body is a keyring file. */
export const KEYRING_UPDATE: BodyKind = {
  artefact: 'keyring',
  lines: ['name', 'number', 'issued', 'sha256'],
};

function readKeyring(body: Uint8Array): Keyring | undefined {
  try {
    return parseKeyring(decodeUtf8(body) ?? '');
  } catch (error) {
    if (isKeywrightError(error, 'invalid_keyring')) return undefined;
    throw error;
  }
}

/** Also of keys that the update does not list, but the app knows. */
function keepCompromised(given: Keyring, trusted: Keyring, called: readonly Called[]): Keyring {
  const stolen = [...called, ...trusted.keys.filter(({ status }) => status === 'compromised')];
  const isStolen = ({ kid }: KeyringKey) => stolen.some((key) => key.kid === kid);
  const isMissing = ({ kid }: KeyringKey) => !given.keys.some((key) => key.kid === kid);
  const all = [...given.keys, ...trusted.keys.filter((key) => isStolen(key) && isMissing(key))];
  return new Keyring(all.map((key) => (isStolen(key) ? { ...key, status: 'compromised' } : key)));
}

type Called = KeyringState['compromised'][number];

interface Kept {
  readonly name?: string | undefined;
  readonly seen: readonly SeenIssue[];
  readonly compromised: readonly Called[];
}

/** What was kept, as far as it can be read, and was said by keys that `trusted` lists for updates. */
function readState(given: unknown, { keys }: Keyring): Kept {
  const state = keptValue(given);
  const believed = keys.filter((key) => isFor(key, 'keyring') && key.status !== 'compromised');
  const isBelieved = (kid: unknown) => believed.some((key) => key.kid === kid);
  const name = keptMember(state, 'name');
  const seen = (typeof name === 'string' ? readLatest(state, name) : []).filter(({ kid }) => isBelieved(kid));
  if (typeof name !== 'string' || seen.length === 0) return { name: undefined, seen, compromised: [] };
  const compromised = keptList(keptMember(state, 'compromised')).flatMap(readCalled);
  return { name, seen, compromised: compromised.filter(({ by }) => isBelieved(by)) };
}

function readCalled(called: unknown): readonly Called[] {
  const [kid, by] = [keptMember(called, 'kid'), keptMember(called, 'by')];
  return typeof kid === 'string' && typeof by === 'string' ? [{ kid, by }] : [];
}

function refuse(reason: KeyringUpdateReason, fault: string): RefusedKeyringUpdate {
  return { ok: false, reason, fault };
}
