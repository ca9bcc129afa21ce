import { ownMember } from '../encoding/json-text.js';
import { decodeUtf8 } from '../encoding/utf8.js';
import { isKeywrightError, KeywrightError } from '../errors.js';
import { isRollback, keepLatest, type LatestSeen, readLatest } from '../note/latest-seen.js';
import { type BodyKind, type BodyReason, openBody } from '../note/signed-body.js';
import { Keyring, parseKeyring } from '../sign/keyring.js';

/** What a client keeps of the updates it has taken: plain JSON. */
export interface KeyringState extends LatestSeen {
  /** The kids that an update called compromised: they stay so, whatever a later one says. */
  readonly compromised: readonly string[];
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
 * Any update and any state whatever get an answer. Believed is what a key of `trusted` with the purpose `keyring` signed,
 * and whose number is not lower than one of the same key before. Keys that `trusted`, or an update before, calls
 * compromised stay compromised.
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
  const opened = openBody(update, KEYRING_UPDATE, trusted);
  if (!opened.ok) return opened;
  const { name, number, issued } = opened.lines;
  const kept = readState(state);
  if (kept.name !== undefined && kept.name !== name) {
    return refuse('malformed', 'name');
  }
  const seen = readLatest(state, name);
  if (isRollback(opened, seen)) return refuse('rollback', 'number');
  const given = readKeyring(opened.body);
  if (given === undefined) return refuse('malformed', 'body');
  const keyring = keepCompromised(given, trusted, kept.compromised);
  const compromised = keyring.keys.filter(({ status }) => status === 'compromised').map(({ kid }) => kid);
  return {
    ok: true,
    keyring,
    name,
    number,
    kid: opened.signers[0].kid,
    signedAt: issued,
    state: {
      ...keepLatest(opened, seen),
      compromised: [...new Set([...kept.compromised, ...compromised])],
    },
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

function keepCompromised(given: Keyring, trusted: Keyring, kids: readonly string[]): Keyring {
  const stolen = trusted.keys.filter(({ status }) => status === 'compromised');
  const isStolen = (kid: string) => kids.includes(kid) || stolen.some((key) => key.kid === kid);
  const keys = given.keys.map((key) =>
    isStolen(key.kid) ? { ...key, status: 'compromised' as const } : key,
  );
  const missing = stolen.filter(({ kid }) => !keys.some((key) => key.kid === kid));
  return new Keyring([...keys, ...missing]);
}

/** What was kept, as far as it can be read. */
function readState(state: unknown): { readonly name?: string; readonly compromised: readonly string[] } {
  try {
    if (typeof state !== 'object' || state === null) return { compromised: [] };
    const [name, kids] = [ownMember(state, 'name'), ownMember(state, 'compromised')];
    const compromised = Array.isArray(kids) ? kids.filter((kid: unknown) => typeof kid === 'string') : [];
    return typeof name === 'string' ? { name, compromised } : { compromised };
  } catch {
    return { compromised: [] }; // a getter or a proxy that throws
  }
}

function refuse(reason: KeyringUpdateReason, fault: string): RefusedKeyringUpdate {
  return { ok: false, reason, fault };
}
