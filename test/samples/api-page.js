// npm run docs:api: writes docs/api.md from the surfaces of package.json's subpaths and the doc comments behind them.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WORDS = new Map([
  ['const', 'constant'],
  ['interface', 'type'],
]);

/**
 * @typedef {{ readonly name: string, readonly kind: string, readonly text: string }} PublicSymbol
 * @typedef {{ readonly subpath: string, readonly symbols: readonly PublicSymbol[] }} Surface
 */

/** @param {string} path */
const read = (path) => readFileSync(join(ROOT, path), 'utf8');

/**
 * Where a surface takes its names from: a source, and the names in it, or all. Of a class it may take the type alone.
 *
 * @param {string} path
 */
function sourcesOf(path) {
  const from = /^export (type )?(?:\*|\{([^}]*)\}) from '([^']+)\.js';$/gm;
  return [...read(path).matchAll(from)].map(([, typesAlone, names, source = '']) => ({
    source: `${join(dirname(path), source)}.ts`,
    names: names?.split(',').flatMap((each) => {
      const [, type = typesAlone, name = ''] = /^\s*(type )?(\w+)\s*$/.exec(each) ?? [];
      return name === '' ? [] : [{ name, isType: type !== undefined }];
    }),
  }));
}

/**
 * The first sentence of a doc comment.
 *
 * @param {string} comment
 */
function firstSentence(comment) {
  const lines = comment.replace(/^\/\*\*|\*\/$/g, '').replaceAll(/^[ \t]*\* ?/gm, '');
  const [paragraph = ''] = lines.trim().split(/\n\s*\n|\n@/);
  const text = paragraph.replaceAll(/\s+/g, ' ').replaceAll(/\{@link (\w+)\}/g, '`$1`');
  return /^.*?[.!?](?= [^a-z]|$)/.exec(text)?.[0] ?? text;
}

/**
 * What a source declares: all that it exports, or one name of it.
 *
 * @param {string} source
 * @param {string} [name]
 * @returns {readonly PublicSymbol[]}
 */
function declared(source, name = '\\w+') {
  const declaration = new RegExp(
    `(/\\*\\*(?:(?!\\*/)[^])*\\*/\\n)?^export (?:declare |abstract |async )*(function|class|const|interface|type)\\*? (${name})\\b`,
    'gm',
  );
  const found = [...read(source).matchAll(declaration)].map(([, comment = '', kind = '', word = '']) => ({
    name: word,
    kind: WORDS.get(kind) ?? kind,
    text: firstSentence(comment.trim()),
  }));
  // Of a function with overloads the first is told.
  return found.filter(({ name }, index) => found.findIndex((each) => each.name === name) === index);
}

/**
 * What a source says of one name, or the source that it takes that name from.
 *
 * @param {string} source
 * @param {{ readonly name: string, readonly isType: boolean }} taken
 * @returns {readonly PublicSymbol[]}
 */
function told(source, { name, isType }) {
  const here = declared(source, name);
  if (here.length > 0) return here.map((each) => (isType ? { ...each, kind: 'type' } : each));
  return sourcesOf(source).flatMap((other) =>
    (other.names ?? []).flatMap((each) => (each.name === name ? told(other.source, each) : [])),
  );
}

/**
 * All that the package's subpaths export, by name.
 *
 * @returns {readonly Surface[]}
 */
export function surfaces() {
  const { exports } = JSON.parse(read('package.json'));
  const entries = Object.entries(exports).flatMap(([subpath, { types }]) =>
    types === undefined ? [] : [[subpath, types.replace('./dist/', 'src/').replace('.d.ts', '.ts')]],
  );
  return entries.map(([subpath, path]) => ({
    subpath: subpath.replace(/^\./, 'keywright'),
    symbols: sourcesOf(path)
      .flatMap(({ source, names }) => names?.flatMap((each) => told(source, each)) ?? declared(source))
      .toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1)),
  }));
}

/** The page. */
export function apiPage() {
  const parts = surfaces().map(({ subpath, symbols }) => {
    const rows = symbols.map(
      ({ name, kind, text }) => `| \`${name}\` | ${kind} | ${text.replaceAll('|', '\\|')} |`,
    );
    const given = `\`\`\`text\nimport { … } from '${subpath}';\n\`\`\``;
    return `## ${subpath}\n\n${given}\n\n| name | | what it is |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  const note =
    'Every public name, by the subpath that it is imported from. Made of the first sentences of the doc comments by `npm run docs:api`.\n' +
    'The rest of each comment, with limits, errors and an example, is what an editor shows. How they go together: [the library](library.md).';
  return `# All names of the library\n\n${note}\n\n${parts.join('\n')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(ROOT, 'docs/api.md'), apiPage());
