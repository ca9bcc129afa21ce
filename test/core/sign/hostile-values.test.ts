import { afterEach, describe, expect, it } from 'vitest';
import { signResponse } from '../../../src/core/sign/envelope.js';
import { parseKeyring } from '../../../src/core/sign/keyring.js';
import { addPublicKey, formatKeyring, retirePublicKey } from '../../../src/core/sign/keyring-changes.js';
import { publicJwk } from '../../../src/core/sign/public-key.js';
import { explainResponse } from '../../../src/explain.js';
import { verifyResponse } from '../../../src/verify.js';
import { failureOf, refusal } from '../../failure.js';
import { demoEd25519, demoRsa, signers } from './demo-keys.js';

const ring = () =>
  addPublicKey(addPublicKey(undefined, demoEd25519.publicKey, { purposes: ['response'] }), demoRsa.publicKey);
const signed = await signResponse({ timestamp: 1_000 }, signers.Ed25519);
const signedByRsa = await signResponse({ timestamp: 1_000 }, signers.RS256);

function revoked<Value extends object>(value: Value): Value {
  const { proxy, revoke } = Proxy.revocable(value, {});
  revoke();
  return proxy;
}

/** What every object without an own member of that name seems to have. */
function pollute(name: string, value: unknown): void {
  Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
  polluted.push(name);
}
const polluted: string[] = [];
afterEach(() => {
  for (const name of polluted.splice(0)) Reflect.deleteProperty(Object.prototype, name);
});

describe('an envelope', () => {
  it.each([
    ['is', revoked(signed)],
    ['was a list and is', revoked([signed])],
    ['was a function and is', revoked(() => signed)],
  ])('that %s a revoked Proxy is malformed, and is explained', async (_, envelope) => {
    expect(await verifyResponse(envelope, ring())).toMatchObject({ ok: false, reason: 'malformed' });
    expect((await explainResponse(envelope, ring())).verdict).toMatchObject({ reason: 'malformed' });
  });

  it('whose response is a revoked Proxy differs from what was signed', async () => {
    for (const response of [revoked({ ...signed.response }), { timestamp: revoked({}) }]) {
      const envelope = { ...signed, response };
      expect(await verifyResponse(envelope, ring())).toMatchObject({ ok: false, reason: 'sibling_mismatch' });
      expect((await explainResponse(envelope, ring())).cause).toBe('sibling_differs');
    }
  });
});

describe('a loaded keyring', () => {
  it('cannot be changed: not it, not its keys, not their bytes', async () => {
    const keyring = ring();
    const text = formatKeyring(keyring);
    const [key] = keyring.keys;
    for (const change of [
      () => Object.assign(keyring, { keys: [] }),
      () => Object.defineProperty(keyring, 'keys', { value: [] }),
      () => Object.assign(keyring.keys, { 0: keyring.keys[1] }),
      () => Object.assign(key ?? {}, { status: 'compromised' }),
      () => Object.assign(key ?? {}, { bytes: new Uint8Array(32) }),
      () => Object.assign(key?.purposes ?? {}, { 0: 'list' }),
    ]) {
      expect(change).toThrow(TypeError);
    }
    for (const { bytes } of keyring.keys) bytes.fill(0);
    expect(formatKeyring(keyring)).toBe(text);
    expect(await verifyResponse(signed, keyring)).toMatchObject({ ok: true });
    expect(await verifyResponse(signedByRsa, keyring)).toMatchObject({ ok: true });
  });

  it('does not follow what it was made of', async () => {
    const source = { keys: [{ ...publicJwk(demoEd25519.publicKey), purposes: ['response'] }] };
    const bytes = Uint8Array.from(demoEd25519.publicKey.bytes);
    const keyrings = [parseKeyring(source), addPublicKey(undefined, { ...demoEd25519.publicKey, bytes })];
    bytes.fill(0);
    Object.assign(source.keys[0] ?? {}, { x: 'AA', purposes: [] });
    for (const keyring of keyrings) expect(await verifyResponse(signed, keyring)).toMatchObject({ ok: true });
  });

  it.each([
    ['validUntil', '2999-01-01T00:00:00Z'],
    ['validFrom', '1970-01-01T00:00:00Z'],
    ['status', 'active'],
    ['role', 'product'],
    ['purposes', ['response']],
  ])('whose retired key has no %s of its own gets none from Object.prototype', async (name, value) => {
    const jwk = { ...publicJwk(demoEd25519.publicKey), status: 'retired' };
    const keyring = parseKeyring({ keys: [jwk] });
    pollute(name, value);
    for (const ring of [
      keyring,
      parseKeyring({ keys: [jwk] }),
      parseKeyring(JSON.stringify({ keys: [jwk] })),
    ]) {
      expect(await verifyResponse(signed, ring)).toMatchObject({ ok: false, reason: 'key_retired' });
    }
  });

  it('stays retired when changed under a polluted prototype', async () => {
    const retired = retirePublicKey(ring(), demoEd25519.kid, new Date(500_000));
    pollute('validUntil', '1970-01-01T00:00:01Z');
    const again = retirePublicKey(retired, demoEd25519.kid, new Date(900_000));
    expect(again.keys[0]?.validUntil).toBe('1970-01-01T00:08:20Z');
    expect(again.keys[1]?.validUntil).toBeUndefined();
  });

  it.each([
    ['a revoked Proxy', () => revoked({ keys: [] })],
    ['keys of a revoked Proxy', () => ({ keys: revoked([]) })],
    ['a key that is a revoked Proxy', () => ({ keys: [revoked({})] })],
    [
      'purposes of a revoked Proxy',
      () => ({ keys: [{ ...publicJwk(demoRsa.publicKey), purposes: revoked([]) }] }),
    ],
  ])('is not made of %s', (_, source) => {
    expect(refusal(() => parseKeyring(source())).code).toBe('invalid_keyring');
  });
});

describe('a policy', () => {
  it('is its own members only', async () => {
    pollute('product', 'acme');
    pollute('nonce', 'n');
    pollute('role', 'global');
    expect(await verifyResponse(signed, ring(), {})).toMatchObject({ ok: true });
    expect(await verifyResponse(signed, ring())).toMatchObject({ ok: true });
  });

  it('is read once', async () => {
    let reads = 0;
    const policy = {
      get role(): 'product' | 'global' {
        reads++;
        return 'product';
      },
    };
    expect(await verifyResponse(signed, ring(), policy)).toMatchObject({ ok: true });
    expect(reads).toBe(1);
  });

  it('that names a member as undefined, or one there is not, is misuse', async () => {
    for (const policy of [JSON.parse('{"audience":"x"}'), Object.fromEntries([['role', undefined]])]) {
      expect((await failureOf(() => verifyResponse(signed, ring(), policy))).code).toBe('invalid_option');
    }
  });
});
