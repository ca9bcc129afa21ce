import { readFileSync } from 'node:fs';
import { createContext, Script } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const bundle = async (entry: string, format: 'esm' | 'iife', contents?: string) => {
  const options = {
    bundle: true,
    minify: true,
    platform: 'browser',
    target: 'es2023',
    write: false,
  } as const;
  const result = await build({
    ...options,
    ...(contents === undefined ? { entryPoints: [entry] } : { stdin: { contents, resolveDir: '.' } }),
    format,
    metafile: true,
    globalName: 'keywright',
  });
  const [output] = result.outputFiles;
  return { code: output?.contents ?? new Uint8Array(), inputs: Object.keys(result.metafile.inputs) };
};

describe('keywright/verify', () => {
  it('costs a client at most 10.1 kB gzipped', async () => {
    const { code } = await bundle('src/verify.ts', 'esm');
    expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(10_100);
  });

  it('reaches the verifier and nothing else', async () => {
    const { inputs } = await bundle('src/verify.ts', 'esm');
    const strangers = inputs.filter(
      (path) =>
        !/^src\/(verify|core\/errors|core\/(?:sign|encoding|random)\/[\w-]+)\.ts$|^node_modules\/@noble\//.test(
          path,
        ),
    );
    expect(strangers).toEqual([]);
    for (const name of ['envelope', 'signer', 'private-key', 'key-pair', 'spki']) {
      expect(inputs).not.toContain(`src/core/sign/${name}.ts`);
    }
  });

  it.each([
    ['has nothing but the language', {}],
    ['has a TextDecoder that refuses `fatal`, and no TextEncoder', { TextDecoder: LaxDecoder }],
  ])('verifies in a context that %s', async (_, platform) => {
    const { code } = await bundle('src/verify.ts', 'iife');
    const context = createContext({ ...platform });
    new Script(new TextDecoder().decode(code)).runInContext(context);
    const verdictOf = async (envelope: object) => {
      context.envelope = JSON.stringify(envelope);
      context.jwks = JSON.stringify({ keys: [await demoJwk()] });
      const script = 'keywright.verifyResponse(envelope, keywright.parseKeyring(jwks)).then(JSON.stringify)';
      return JSON.parse(await new Script(script).runInContext(context));
    };
    const signed = await signedByDemo({ name: 'Zoë 日本 🔑', timestamp: 1 });
    expect(await verdictOf(signed)).toMatchObject({
      ok: true,
      payload: { name: 'Zoë 日本 🔑', timestamp: 1 },
    });
    expect(
      await verdictOf({ ...signed, signature: (await signedByDemo({ timestamp: 2 })).signature }),
    ).toEqual(expect.objectContaining({ ok: false, reason: 'bad_signature' }));
    // The bytes FF are no UTF-8.
    const forged = await signBytes(Uint8Array.of(0xff));
    expect(await verdictOf(forged)).toMatchObject({ ok: false, reason: 'malformed' });
  });
});

/** What a client app embeds to unlock by licenses, lists and evidence. */
const LICENSING = ['verifyLicense', 'openRevocations', 'earliestNow', 'addEvidence', 'parseKeyring'];
const LICENSE_BYTES = 14_360;

describe('keywright/license', () => {
  it(`costs a client at most ${LICENSE_BYTES} bytes gzipped; the target is 16,000`, async () => {
    const { outputFiles, metafile } = await build({
      stdin: { contents: `export { ${LICENSING} } from './src/license.ts';`, resolveDir: '.' },
      bundle: true,
      minify: true,
      platform: 'browser',
      format: 'esm',
      target: 'es2023',
      write: false,
      metafile: true,
    });
    expect(gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length).toBeLessThanOrEqual(LICENSE_BYTES);
    const inside = Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    );
    expect(inside.filter((path) => /keyring-update|generate|dedupe/.test(path))).toEqual([]);
  });

  it('reaches verifiers and nothing that signs', async () => {
    const { inputs } = await bundle('src/license.ts', 'esm');
    const own =
      /^src\/(license|core\/errors|core\/format\/canonical|core\/(?:sign|encoding|note|revocations|keyring-update|license)\/[\w-]+)\.ts$/;
    expect(inputs.filter((path) => !own.test(path) && !path.startsWith('node_modules/@noble/'))).toEqual([]);
    expect(
      inputs.filter((path) => /\/(sign-|envelope\.|signer|private-key|key-pair|spki)/.test(path)),
    ).toEqual([]);
  });

  it.each([
    ['has nothing but the language', {}],
    ['has a TextDecoder that refuses `fatal`, and no TextEncoder', { TextDecoder: LaxDecoder }],
  ])('unlocks, and refuses, in a context that %s', async (_, platform) => {
    const context = createContext({ ...platform });
    const { code } = await bundle('src/license.ts', 'iife');
    new Script(new TextDecoder().decode(code)).runInContext(context);
    Object.assign(context, await licensedByDemo());
    const run = async (policy: string) => {
      const verdict = `keywright.verifyLicense(license, ring, { product: 'app', device: null, now, ${policy} })`;
      const script = `(async () => {
        const ring = keywright.parseKeyring(jwks);
        const now = new Date('2026-11-28T12:00:00Z');
        const open = (bytes) => keywright.openRevocations(bytes, ring, { name: 'acme.example/app', product: 'app', now });
        return JSON.stringify(await ${verdict});
      })()`;
      const { ok, reason, entitlements } = JSON.parse(await new Script(script).runInContext(context));
      return ok === true ? entitlements : reason;
    };
    expect(await run('key: "zoë 日本"')).toEqual({ name: 'Zoë 日本 🔑' });
    expect(await run('key: "zoe"')).toBe('wrong_key');
    expect(await run('key: null, revocations: [await open(list)]')).toBe('revoked');
    expect(await run('key: null, revocations: [await open(Uint8Array.from(bytes))]')).toBe('revoked');
    expect(await run('key: null, revocations: [await open(list.toUpperCase())]')).toBe('list_bad');
    expect(await run('key: null, evidence: { built: 9e9 }')).toBe('expired');
    const answer = 'JSON.stringify(keywright.applyKeyringUpdate(keywright.parseKeyring(jwks), update))';
    const update = JSON.parse(String(new Script(answer).runInContext(context)));
    expect(update).toMatchObject({ ok: true, number: 3 });
  });
});

describe('keywright/seal', () => {
  it('costs a client at most 11.8 kB gzipped, 13.8 kB with lists and evidence', async () => {
    const bytesOf = async (names: readonly string[]) => {
      const contents = `export { ${names} } from './src/seal.ts';`;
      const { code } = await bundle('', 'esm', contents);
      return gzipSync(code, { level: 9 }).length;
    };
    expect(await bytesOf(['verifySealedKey', 'parseKeyring'])).toBeLessThanOrEqual(11_800);
    const more = ['openRevocations', 'earliestNow', 'addEvidence'];
    expect(await bytesOf(['verifySealedKey', 'parseKeyring', ...more])).toBeLessThanOrEqual(13_800);
  });

  it('reaches verifiers and nothing that seals or signs', async () => {
    const { inputs } = await bundle('src/seal.ts', 'esm');
    const own =
      /^src\/(seal|core\/errors|core\/format\/canonical|core\/(?:sign|encoding|note|revocations|seal)\/[\w-]+|core\/license\/time-evidence)\.ts$/;
    expect(inputs.filter((path) => !own.test(path) && !path.startsWith('node_modules/@noble/'))).toEqual([]);
    expect(
      inputs.filter((path) => /\/(sign-|seal-tree|hash-|leaf-tree|signer|private-key)/.test(path)),
    ).toEqual([]);
  });

  it('proves, and refuses, in a context that has nothing but the language', async () => {
    const { batchOf, ring, rows } = await import('../core/seal/batches.js');
    const { formatKeyring } = await import('../../src/index.js');
    const { proofs } = await batchOf(rows(5));
    const { code } = await bundle('src/seal.ts', 'iife');
    const context = createContext({ proof: proofs[3], jwks: formatKeyring(ring) });
    new Script(new TextDecoder().decode(code)).runInContext(context);
    const answer = (key: string) => {
      const policy = "{ origins: ['acme.example'], product: 'app', now: new Date('2026-11-28T12:00:00Z') }";
      const script = `keywright.verifySealedKey('${key}', proof, keywright.parseKeyring(jwks), ${policy})`;
      return new Script(`JSON.stringify(${script})`).runInContext(context);
    };
    expect(JSON.parse(answer('key0 00003'))).toMatchObject({ ok: true, index: 3, size: 5 });
    expect(JSON.parse(answer('key0 00004'))).toMatchObject({ ok: false, reason: 'not_in_batch' });
  });
});

/** A license, a list that revokes it, and an update, all signed by the demo key. */
async function licensedByDemo() {
  const core = await import('../../src/index.js');
  const key = await demoKey();
  const signer = core.ed25519Signer(key);
  const [issued, next] = [new Date('2026-11-28T00:00:00Z'), new Date('2027-01-01T00:00:00Z')];
  const purposes = ['license', 'list', 'keyring'] as const;
  const ring = core.addPublicKey(undefined, key.publicKey, { purposes });
  const terms = { key: 'Zoë-日本', product: 'app', validUntil: next, entitlements: { name: 'Zoë 日本 🔑' } };
  const license = core.formatEnvelope(await core.signLicense(terms, signer, { now: issued }));
  const ids = new Map([[core.revokedId(terms.key, 'canonical') ?? '', 'unpaid']]);
  const list = { name: 'acme.example/app', product: 'app', number: 1, issued, next };
  const bytes = await core.signRevocations(ids, list, signer);
  const named = { name: 'acme.example/keyring', number: 3, issued };
  const update = await core.signKeyringUpdate(ring, named, [signer]);
  return {
    jwks: core.formatKeyring(ring),
    license,
    list: Buffer.from(bytes).toString(),
    bytes: [...bytes],
    update,
  };
}

/** As engines of some phones have it. */
class LaxDecoder {
  constructor(_label: string, options: { readonly fatal?: boolean } = {}) {
    if (options.fatal === true) throw new TypeError('fatal is not supported');
  }
}

/** What a client app embeds to check what its license server signed: name by name, in bytes gzipped. */
const vendorImports = [
  { name: 'verifyChallenge', subpath: 'vendors/lukittu', most: 2600 },
  { name: 'newChallenge', subpath: 'vendors/lukittu', most: 780 },
  { name: 'verifyActivationToken', subpath: 'vendors/cryptlex', most: 3560 },
  { name: 'verifyWebhook', subpath: 'vendors/cryptlex', most: 1500 },
  { name: 'verifyWebhook', subpath: 'vendors/solifyn', most: 2120 },
] as const;

describe.each(vendorImports)('$name of keywright/$subpath', async ({ name, subpath, most }) => {
  // As a client imports it: by the package's own exports, from what was built.
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export { ${name} } from 'keywright/${subpath}';`, resolveDir: '.' },
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2023',
    write: false,
    metafile: true,
  });
  const gzipped = gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
  const inside = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );

  it(`weighs ${gzipped} bytes gzipped, at most ${most}`, () => {
    expect(gzipped).toBeGreaterThan(300);
    expect(gzipped).toBeLessThanOrEqual(most);
  });

  it('brings no dependency along, nor what prepares and answers requests', () => {
    const own = /^dist\/core\/(errors|(?:sign|encoding|random)\/[\w-]+|vendors\/[\w/-]+)\.js$|^<stdin>$/;
    expect(inside.filter((path) => !own.test(path))).toEqual([]);
    expect(inside.filter((path) => /ed25519|keyring|private-key|zod|temporal/.test(path))).toEqual([]);
  });
});

async function demoKey() {
  const { parsePrivateKey } = await import('../../src/index.js');
  return parsePrivateKey(readFileSync('keys/demo-ed25519.private.pem', 'utf8'));
}

async function signedByDemo(payload: object) {
  const { ed25519Signer, signResponse } = await import('../../src/index.js');
  return signResponse(payload, ed25519Signer(await demoKey()));
}

async function signBytes(payload: Uint8Array) {
  const { ed25519Signer } = await import('../../src/index.js');
  const text = Buffer.from(payload).toString('base64');
  const signature = await ed25519Signer(await demoKey()).sign(Buffer.from(text));
  return { response_base64: text, signature: Buffer.from(signature).toString('base64') };
}

async function demoJwk() {
  const { publicJwk } = await import('../../src/core/sign/public-key.js');
  const { parsePublicKey } = await import('../../src/index.js');
  return publicJwk(parsePublicKey(readFileSync('keys/demo-ed25519.public.pem', 'utf8')));
}
