import { resolve } from 'node:path';
import { createContext, Script } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

interface Import {
  readonly vendor: string;
  readonly name: string;
  /** What must not come along with that one name. */
  readonly without: RegExp;
  /** What it may weigh, minified and gzipped, in bytes. */
  readonly mostGzipped: number;
}

/** One row for each function that a client app imports alone. */
const imports: readonly Import[] = [
  {
    vendor: 'cryptlex',
    name: 'keyProblem',
    without: /zod|temporal|request|record|respond/,
    mostGzipped: 7350,
  },
  {
    vendor: 'cryptlex',
    name: 'parseRecord',
    without: /temporal|request|respond|format/,
    mostGzipped: 10_500,
  },
  { vendor: 'solifyn', name: 'parseRecord', without: /temporal|request|respond|format/, mostGzipped: 10_500 },
  {
    vendor: 'getkeymanager',
    name: 'keyProblem',
    without: /zod|create-request|record|respond/,
    mostGzipped: 1000,
  },
  { vendor: 'lukittu', name: 'keyProblem', without: /zod|request|record|respond/, mostGzipped: 500 },
  { vendor: 'lukittu', name: 'RESULT_CODES', without: /zod|request|record|respond/, mostGzipped: 400 },
  { vendor: 'lukittu', name: 'parseRecord', without: /request|respond/, mostGzipped: 11_000 },
  { vendor: 'lukittu', name: 'validateCreateRequest', without: /record|respond/, mostGzipped: 13_000 },
];

async function bundle({ vendor, name }: Import, format: 'esm' | 'iife') {
  const result = await build({
    stdin: { contents: `export { ${name} } from './src/core/vendors/${vendor}.ts';`, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    platform: 'browser',
    format,
    globalName: 'vendor',
    target: 'es2023',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const inside = Object.values(result.metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  return { inside, text: result.outputFiles[0]?.text ?? '' };
}

describe.each(imports)('$name alone, of keywright/vendors/$vendor', (row) => {
  it(`brings only what it needs, at most ${row.mostGzipped} bytes gzipped`, async () => {
    const { inside, text } = await bundle(row, 'esm');
    expect(inside.length).toBeGreaterThan(0);
    expect(inside.filter((path) => row.without.test(path.replace('node_modules/', '')))).toEqual([]);
    expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(row.mostGzipped);
  });

  it('runs where neither a platform nor code from texts is to be had', async () => {
    const { text } = await bundle(row, 'iife');
    const context = createContext({ now: new Date(0) }, { codeGeneration: { strings: false, wasm: false } });
    new Script(text).runInContext(context);
    const answer: unknown = new Script(
      `typeof vendor.${row.name} === 'function' ? String(JSON.stringify(vendor.${row.name}('{}', { now: new Date(0) }))) : '{}'`,
    ).runInContext(context);
    expect(answer).toBeTypeOf('string');
  });
});
