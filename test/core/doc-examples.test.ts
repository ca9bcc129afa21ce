import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { explainResponse, parsePublicKeys } from '../../src/explain.js';
import * as api from '../../src/index.js';
import { signedByServers } from './vendors/license-servers.js';

const root = resolve(import.meta.dirname, '../..');
const sources = readdirSync(resolve(root, 'src/core'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .toSorted()
  .map((path) => ({ path, text: readFileSync(resolve(root, 'src/core', path), 'utf8') }));

interface Example {
  readonly title: string;
  readonly lines: readonly string[];
  /** The source it stands in, below `src/core`. */
  readonly path?: string;
}

interface Package {
  readonly exports: Readonly<Record<string, unknown>>;
}

const { exports: subpaths }: Package = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));
const vendors = Object.keys(subpaths).flatMap((name) => name.match(/(?<=^\.\/vendors\/)\w+$/) ?? []);
const surfaces = await Promise.all(
  vendors.map(
    async (vendor): Promise<readonly [string, Record<string, unknown>]> => [
      vendor,
      { ...(await import(`../../src/core/vendors/${vendor}.ts`)) },
    ],
  ),
);

const privateKey = await api.generateKeyPair();
const pem = api.publicKeyPem(privateKey.publicKey);
const keyring = api.addPublicKey(undefined, privateKey.publicKey);
const signer = api.ed25519Signer(privateKey);
const payload = { code: 200, timestamp: Math.floor(Date.now() / 1000) };
const signed = await api.signResponse(payload, signer);
const decoded = Buffer.from(signed.response_base64, 'base64');

/** What examples may use: the public exports, and what the sentence around them names. */
const scope = {
  ...api,
  explainResponse,
  parsePublicKeys,
  privateKey,
  pem,
  keyring,
  text: JSON.stringify(signed),
  signed,
  envelope: { ...signed, signature: Buffer.from(await signer.sign(decoded)).toString('base64') },
  unlock() {},
  report() {
    throw new Error('the example was refused');
  },
  fetch: async () => new Response(api.formatKeyring(keyring)),
  stream: { write() {} },
};

const sentByServers: Readonly<Record<string, object>> = signedByServers(new Date());

/**
 * Vendors name their functions alike: an example may use its own vendor's, or those of the file it stands in, and
 * what the vendor's server sent.
 */
async function vendorScope(path = ''): Promise<Record<string, unknown>> {
  const shared = /^vendors\/(?:server|time)\/[\w-]+\.ts$/.exec(path)?.[0];
  if (shared !== undefined) return { ...(await import(`../../src/core/${shared}`)) };
  const [, vendor, nested] = /^vendors\/([\w-]+)(\/)?/.exec(path) ?? [];
  if (vendor === undefined) return {};
  const surface = surfaces.find(([name]) => name === vendor)?.[1];
  return surface !== undefined || nested !== undefined
    ? { ...surface, ...sentByServers[vendor] }
    : { ...(await import(`../../src/core/vendors/${vendor}.ts`)) };
}

function examples(path: string, text: string): Example[] {
  return [...text.matchAll(/\/\*\*.*?\*\//gs)].flatMap((comment) => {
    const line = text.slice(0, comment.index).split('\n').length;
    const bare = comment[0].replace(/^\/\*\*|\s*\*\/$/g, '').replaceAll(/^[ \t]*\* ?/gm, '');
    const blocks = bare.split(/^@example\b.*$/m).slice(1);
    return blocks.map((block) => ({
      title: `${path}, comment of line ${line}`,
      path,
      lines:
        block
          .split(/^@\w/m)[0]
          ?.split('\n')
          .filter((text) => text.trim() !== '' && !text.startsWith('```')) ?? [],
    }));
  });
}

const VALUE =
  /^(\s*(?:if \(.*\) )?)(.+); \/\/ ('[^']*'|-?[\d_.]+(?:e-?\d+)?n?…?|true|false|null|undefined|\[.*\])(?=$|[:,;] )/;

/** The example as a function body; each `expression; // value` reports what it came to. */
function instrumented({ lines }: Example): { readonly body: string; readonly values: readonly string[] } {
  const values: string[] = [];
  const body = lines.map((line) => {
    const [, before, expression, value] = VALUE.exec(line) ?? [];
    if (expression === undefined || value === undefined) return line;
    values.push(value);
    return `${before}__saw(${values.length - 1}, (${expression}));`;
  });
  return { body: body.join('\n'), values };
}

async function run(example: Example): Promise<void> {
  const { body, values } = instrumented(example);
  const seen = new Map<number, unknown>();
  const inScope = { ...scope, ...(await vendorScope(example.path)) };
  const names = Object.keys(inScope);
  const call = new Function(...names, '__saw', `'use strict';\nreturn (async () => {\n${body}\n})();`);
  await call(...Object.values(inScope), (index: number, value: unknown) => seen.set(index, value));
  for (const [index, value] of values.entries()) {
    expect(seen.has(index), `the line that ends in "// ${value}" was never reached`).toBe(true);
    const actual = inspect(seen.get(index), { depth: 5 });
    if (value.endsWith('…'))
      expect(actual.startsWith(value.slice(0, -1)), `${actual} should begin as ${value}`).toBe(true);
    else expect(actual).toBe(inspect(new Function(`return ${value}`)(), { depth: 5 }));
  }
}

describe('every example in a doc comment of the core', () => {
  const all = sources.flatMap(({ path, text }) => examples(path, text));

  it('was found', () => {
    expect(all.length).toBe(sources.flatMap(({ text }) => text.match(/@example/g) ?? []).length);
    expect(all.length).toBeGreaterThan(8);
  });

  it.each(all.map((example) => [example.title, example] as const))(
    'runs and comes to the values it names: %s',
    async (_, example) => {
      expect(example.lines.length).toBeGreaterThan(0);
      await run(example);
    },
  );

  it.each([
    ['a wrong value', ["canonicalForm('a'); // 'B'"]],
    ['a line never reached', ["if (false) canonicalForm('a'); // 'A'"]],
    ['a throw', ["parseFormat('LINUX-XXXX');"]],
    ['a name that is not exported', ['shake256();']],
  ])('would fail on %s', async (_, lines) => {
    await expect(run({ title: '', lines })).rejects.toThrow();
  });
});

describe('every public function and class', () => {
  const functions = Object.entries({ ...api, explainResponse, parsePublicKeys }).filter(
    ([, value]) => typeof value === 'function',
  );

  const vendorFunctions = surfaces.flatMap(([vendor, surface]) =>
    Object.entries(surface).flatMap(([name, value]) => (typeof value === 'function' ? [[name, vendor]] : [])),
  );

  it.each([...functions.map(([name]) => [name, undefined]), ...vendorFunctions])(
    '%s has a doc comment with an example (vendor: %s)',
    (name, vendor) => {
      const declared = new RegExp(
        `(/\\*\\*(?:(?!\\*/)[^])*\\*/)?\\nexport (?:async )?(?:function\\*?|class) ${name}\\b`,
      );
      const foreign = new RegExp(`^vendors/(?!(?:server|${vendor ?? ' '})/).*/`);
      const comments = sources.flatMap(({ path, text }) => {
        const found = foreign.test(path) ? null : declared.exec(text);
        return found === null ? [] : [found[1] ?? ''];
      });
      expect(comments, `${name} should be declared once`).toHaveLength(1);
      expect(comments[0], `${name} lacks an example`).toContain('@example');
    },
  );
});
