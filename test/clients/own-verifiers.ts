import { decodeBase64 } from '../../src/core/encoding/base64.js';
import { decodeUtf8, encodeUtf8 } from '../../src/core/encoding/utf8.js';
import {
  applyKeyringUpdate,
  type Keyring,
  type LicensePolicy,
  openRevocations,
  parseKeyring,
  type RevocationsPolicy,
  verifyLicense,
} from '../../src/license.js';
import { type SealPolicy, verifySealedKey } from '../../src/seal.js';
import { type VerifyPolicy, verifyResponse } from '../../src/verify.js';
import type { Answer, Input, Policy, VectorCase } from './vector-case.js';

/** What this library says of a case, as the verifiers of other languages say it. Runs wherever the library does. */
export async function answerOf(one: VectorCase): Promise<Answer> {
  try {
    return await verdictOn(one);
  } catch (error) {
    // Of misuse, other languages say so as well.
    if (Object(error).code === 'invalid_option') return { ok: false, reason: 'invalid_option' };
    throw error;
  }
}

async function verdictOn({ kind, input, keyring, policy }: VectorCase): Promise<Answer> {
  const trusted = loaded(keyring);
  const bytes = bytesOf(input);
  const text = textOf(bytes);
  switch (kind) {
    case 'response': {
      const verdict = await verifyResponse(text, trusted, revived<VerifyPolicy>(policy));
      return verdict.ok ? { ok: true, kid: verdict.kid, role: verdict.role } : refused(verdict);
    }
    case 'license': {
      const verdict = await verifyLicense(text, trusted, await withLists<LicensePolicy>(policy, trusted));
      if (!verdict.ok) return refused(verdict);
      const { kid, role, license, signedAt, clockBehind, listStale } = verdict;
      const { key, product, validUntil } = license;
      const until = validUntil && utc(validUntil);
      return {
        ok: true,
        kid,
        role,
        key,
        product,
        validUntil: until,
        signedAt: utc(signedAt),
        clockBehind,
        listStale,
      };
    }
    case 'proof': {
      const { key, ...asked } = policy;
      const verdict = verifySealedKey(`${key}`, text, trusted, await withLists<SealPolicy>(asked, trusted));
      if (!verdict.ok) return refused(verdict);
      const { kid, origin, index, size, signedAt, clockBehind, listStale } = verdict;
      return { ok: true, kid, origin, index, size, signedAt: utc(signedAt), clockBehind, listStale };
    }
    case 'revocations': {
      const { asks = [], ...asked } = policy;
      const list = await openRevocations(bytes, trusted, revived<RevocationsPolicy>(asked));
      if (!list.ok) return refused(list);
      const has = asks.map((key) => list.has(key));
      return {
        ok: true,
        kid: list.kid,
        number: list.number,
        issued: utc(list.signedAt),
        next: utc(list.next),
        has,
      };
    }
    case 'keyring': {
      const update = applyKeyringUpdate(trusted, bytes, policy['state']);
      if (!update.ok) return refused(update);
      const { kid, name, number, signedAt, keyring: next, state } = update;
      const keys = next.keys.map((key) => [key.kid, key.status]);
      return { ok: true, kid, name, number, signedAt: utc(signedAt), keys, state };
    }
  }
}

/** Loading checks each point, which takes longer than a case does: a keyring is loaded once. */
const LOADED = new WeakMap<object, Keyring>();

function loaded(keyring: object): Keyring {
  const known = LOADED.get(keyring) ?? parseKeyring(keyring);
  LOADED.set(keyring, known);
  return known;
}

function refused({ reason }: { readonly reason: string }): Answer {
  return { ok: false, reason };
}

function utc(time: Date): string {
  return time.toISOString().replace('.000', '');
}

/** A text whose parts each stand there so many times. */
export function repeatedText(parts: readonly (readonly [text: string, times: number])[]): string {
  return parts.map(([text, times]) => text.repeat(times)).join('');
}

/** The bytes of an artefact. */
export function bytesOf(input: Input): Uint8Array {
  if ('repeated' in input) return encodeUtf8(repeatedText(input.repeated));
  const bytes = 'text' in input ? encodeUtf8(input.text) : decodeBase64(input.base64);
  if (bytes === undefined) throw new Error('The input is no base64');
  return bytes;
}

/** An app that reads bytes decodes them before; what is no UTF-8 is no text. */
function textOf(bytes: Uint8Array): unknown {
  return decodeUtf8(bytes) ?? bytes;
}

/** The policy with its time. */
function revived<Asked>(policy: object): Asked {
  return JSON.parse(JSON.stringify(policy), (name, value: unknown) =>
    name === 'now' && typeof value === 'string' ? new Date(value) : value,
  );
}

/** The policy with its lists opened. */
async function withLists<Asked>({ revocations, ...asked }: Policy, keyring: Keyring): Promise<Asked> {
  const policy = revived<Asked>(asked);
  if (revocations === undefined) return policy;
  const opened = revocations.map(({ input, ...list }) =>
    openRevocations(bytesOf(input), keyring, revived({ ...list, now: asked['now'] })),
  );
  return { ...policy, revocations: await Promise.all(opened) };
}
