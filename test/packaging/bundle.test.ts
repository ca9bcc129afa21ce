import { resolve } from 'node:path';
import { createContext, Script } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { GOLDEN_BATCHES, GOLDEN_NOW, GOLDEN_SEED } from '../core/generate/golden.js';

const root = resolve(import.meta.dirname, '../..');

interface Entry {
  /** The entry point. */
  readonly file: string;
  /** The only files that may go in. */
  readonly allowed: RegExp;
  /** What it may weigh, minified and gzipped, in bytes. */
  readonly mostGzipped: number;
  /** A script that uses the bundle, global `keywright`, and evaluates to JSON text. */
  readonly script: string;
  /** What that script comes to. */
  readonly answer: unknown;
}

/** One row for each entry that runs in browsers. */
const entries: readonly Entry[] = [
  {
    file: 'src/index.ts',
    allowed: /^src\/(core|index\.ts$)|^node_modules\/@noble\//,
    mostGzipped: 52_200,
    script: `
      const { generateKeys, parseFormat, seededRandom } = keywright;
      JSON.stringify(${JSON.stringify(GOLDEN_BATCHES)}.map(({ spec, options, shard, keys }) => ({
        seeded: generateKeys(parseFormat(spec, options), keys.length, {
          shard, random: seededRandom('${GOLDEN_SEED}'), now: new Date('${GOLDEN_NOW}'),
        }),
        real: new Set(generateKeys(parseFormat('lukittu'), 5000)).size,
        held: generateKeys('[AB]{5}', 15, { against: ['ａａａａａ'] }).includes('AAAAA'),
      })));
    `,
    answer: GOLDEN_BATCHES.map(({ keys }) => ({ seeded: keys, real: 5000, held: false })),
  },
];

/** All that a bare engine gets of a platform. */
function bareContext() {
  return createContext({
    crypto: { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes) },
    TextDecoder,
    TextEncoder,
  });
}

describe.each(entries)(
  '$file, bundled for a browser',
  async ({ file, allowed, mostGzipped, script, answer }) => {
    const { outputFiles, metafile, warnings } = await build({
      entryPoints: [resolve(root, file)],
      absWorkingDir: root,
      bundle: true,
      minify: true,
      platform: 'browser',
      format: 'iife',
      globalName: 'keywright',
      target: 'es2022',
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
    const text = outputFiles[0]?.text ?? '';
    const gzipped = gzipSync(text, { level: 9 }).length;

    it('takes in only what it may', () => {
      const inputs = Object.keys(metafile.inputs);
      expect(inputs).toContain(file);
      expect(inputs.filter((input) => !allowed.test(input))).toStrictEqual([]);
      expect(warnings).toStrictEqual([]);
      expect(externals(metafile)).toStrictEqual([]);
    });

    it('needs nothing of Node', () => {
      expect(text).not.toMatch(/["'`]node:|\bBuffer\b|\bprocess\s*[.[]|\brequire\s*\(|\b__dirname\b/);
    });

    it(`runs in a bare context, to the same keys: ${gzipped} bytes gzipped, at most ${mostGzipped}`, () => {
      const context = bareContext();
      new Script(text).runInContext(context);
      const result: unknown = new Script(script).runInContext(context);
      expect(JSON.parse(String(result))).toStrictEqual(answer);
      expect(gzipped).toBeLessThanOrEqual(mostGzipped);
    });

    it('changes nothing outside its own name', () => {
      const context = bareContext();
      const before = new Script('JSON.stringify(Object.getOwnPropertyNames(globalThis))').runInContext(
        context,
      );
      new Script(text).runInContext(context);
      const after: unknown = new Script(
        "JSON.stringify(Object.getOwnPropertyNames(globalThis).filter((name) => name !== 'keywright'))",
      ).runInContext(context);
      expect(after).toBe(before);
    });
  },
);

function externals({ outputs }: Metafile): readonly string[] {
  return Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
}

describe('an import of one name', () => {
  it('leaves out what it does not use: a client that only parses formats ships no generator', async () => {
    const { metafile } = await build({
      stdin: { contents: "export { parseFormat } from './src/index.ts';", resolveDir: root },
      absWorkingDir: root,
      bundle: true,
      platform: 'browser',
      format: 'esm',
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
    const inside = Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    );
    expect(inside.filter((path) => /generate|dedupe|noble/.test(path))).toStrictEqual([]);
  });
});
