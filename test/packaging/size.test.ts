import { readFileSync } from 'node:fs';
import { createContext, Script } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const bundle = async (entry: string, format: 'esm' | 'iife') => {
  const options = {
    bundle: true,
    minify: true,
    platform: 'browser',
    target: 'es2023',
    write: false,
  } as const;
  const result = await build({
    ...options,
    entryPoints: [entry],
    format,
    metafile: true,
    globalName: 'keywright',
  });
  const [output] = result.outputFiles;
  return { code: output?.contents ?? new Uint8Array(), inputs: Object.keys(result.metafile.inputs) };
};

describe('keywright/verify', () => {
  it('costs a client at most 12.5 kB gzipped', async () => {
    const { code } = await bundle('src/verify.ts', 'esm');
    expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(12_500);
  });

  it('reaches the verifier and nothing else', async () => {
    const { inputs } = await bundle('src/verify.ts', 'esm');
    const strangers = inputs.filter(
      (path) =>
        !/^src\/(verify|core\/errors|core\/(?:sign|encoding)\/[\w-]+)\.ts$|^node_modules\/@noble\//.test(
          path,
        ),
    );
    expect(strangers).toEqual([]);
    for (const name of ['envelope', 'signer', 'private-key', 'key-pair', 'spki']) {
      expect(inputs).not.toContain(`src/core/sign/${name}.ts`);
    }
  });

  it('verifies in a context that has nothing but the language and the text codecs', async () => {
    const { code } = await bundle('src/verify.ts', 'iife');
    const context = createContext({ TextEncoder, TextDecoder });
    new Script(new TextDecoder().decode(code)).runInContext(context);
    context.envelope = JSON.stringify(await signedByDemo());
    context.jwks = JSON.stringify({ keys: [await demoJwk()] });
    const script = new Script(
      'keywright.verifyResponse(envelope, keywright.parseKeyring(jwks)).then(JSON.stringify)',
    );
    expect(JSON.parse(await script.runInContext(context))).toMatchObject({
      ok: true,
      payload: { timestamp: 1 },
    });
  });
});

/** What a client app embeds to check what its license server signed: name by name, in bytes gzipped. */
const vendorImports = [
  { name: 'verifyChallenge', subpath: 'vendors/lukittu', most: 2350 },
  { name: 'newChallenge', subpath: 'vendors/lukittu', most: 750 },
  { name: 'verifyActivationToken', subpath: 'vendors/cryptlex', most: 3300 },
  { name: 'verifyWebhook', subpath: 'vendors/cryptlex', most: 1400 },
  { name: 'verifyWebhook', subpath: 'vendors/solifyn', most: 2050 },
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

async function signedByDemo() {
  const { ed25519Signer, parsePrivateKey, signResponse } = await import('../../src/index.js');
  const key = parsePrivateKey(readFileSync('keys/demo-ed25519.private.pem', 'utf8'));
  return signResponse({ timestamp: 1 }, ed25519Signer(key));
}

async function demoJwk() {
  const { publicJwk } = await import('../../src/core/sign/public-key.js');
  const { parsePublicKey } = await import('../../src/index.js');
  return publicJwk(parsePublicKey(readFileSync('keys/demo-ed25519.public.pem', 'utf8')));
}
