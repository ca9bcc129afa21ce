// Bundles the command into dist/command: a start reads few files. Threads and the package's own files stay where tsc put them.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { build, transform } from 'esbuild';

const { peerDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const OUT = join(DIST, 'command');

/**
 * Commands that do little and need many modules: each has a file of its own, for twenty more files cost a start more than
 * their bytes do. The others share theirs.
 */
const ALONE = ['generate', 'ledger', 'verify'];

/** Functions of packages that are loaded by their first call: few of the commands that could call them do. */
const LATE = { 'csv-parse': 'parse', 'csv-parse/sync': 'parse', 'csv-stringify/sync': 'stringify' };

/** Constants of a module that are numbers, as tsc leaves them: `const SLICE = 1 << 18;` */
const NUMBERS = /^const (\w+) = (-?\d[\w.]*(?: (?:\*\*?|<<|\+|-) \d[\w.]*)*);$/gm;

/**
 * A module of ours that asks where it stands means its place in dist, not in the bundle. And its numbers stand where their
 * names stood: esbuild makes variables of constants, and then V8 takes their values for anything in the inner loops.
 */
const ours = {
  name: 'ours',
  /** @param {import('esbuild').PluginBuild} bundler */
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]dist[\\/](?:core|node|cli)[\\/].*\.js$/ }, async ({ path }) => {
      const place = JSON.stringify(relative(OUT, path).replaceAll('\\', '/'));
      const text = readFileSync(path, 'utf8');
      const placed = text.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`);
      const numbers = [...placed.matchAll(NUMBERS)].map(([, name = '', sum = '']) => {
        const value = runInNewContext(sum);
        return [name, typeof value === 'bigint' ? `${value}n` : `${value}`];
      });
      const { code } = await transform(placed.replaceAll(NUMBERS, ''), {
        define: Object.fromEntries(numbers),
        target: options.target,
      });
      return { contents: code, loader: /** @type {const} */ ('js') };
    });
  },
};

/** Of yargs only the parser is bundled; what its helpers bring along beside it takes longest to load, and is not called. */
const parserAlone = {
  name: 'parser-alone',
  /** @param {import('esbuild').PluginBuild} bundler */
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]yargs[\\/]lib[\\/]platform-shims[\\/]esm\.mjs$/ }, () => ({
      contents: 'export default {};',
    }));
  },
};

/** In place of such a package stands a function that loads it. */
const late = {
  name: 'late',
  /** @param {import('esbuild').PluginBuild} bundler */
  setup(bundler) {
    const filter = new RegExp(`^(?:${Object.keys(LATE).join('|')})$`);
    bundler.onResolve({ filter }, ({ path, resolveDir, kind, pluginData }) => {
      if (pluginData === LATE) return undefined;
      if (kind === 'import-statement') return { path, namespace: 'late', pluginData: resolveDir };
      return bundler.resolve(path, { resolveDir, kind: 'import-statement', pluginData: LATE });
    });
    bundler.onLoad({ filter: /.*/, namespace: 'late' }, ({ path, pluginData }) => {
      const [, name] = Object.entries(LATE).find(([each]) => each === path) ?? [];
      const contents = `export const ${name} = (...all) => require('${path}').${name}(...all);`;
      return { contents, resolveDir: pluginData };
    });
  },
};

/**
 * The command line with one command, or the commands of one folder; others, the help and completions stand in main.js.
 *
 * @param {string} name
 */
function only(name) {
  return {
    name: 'only',
    /** @param {import('esbuild').PluginBuild} bundler */
    setup(bundler) {
      bundler.onResolve({ filter: /[\\/](?:commands|completion)[\\/]|[\\/]help\.js$/ }, ({ path, kind }) => {
        const own = basename(path) === `${name}.js` || path.includes(`/commands/${name}/`);
        const others = kind === 'dynamic-import' && !own;
        return others ? { path: './main.js', external: true } : undefined;
      });
    },
  };
}

/** @type {import('esbuild').BuildOptions & { write: false }} */
const options = {
  entryPoints: [join(DIST, 'cli/main.js')],
  outdir: OUT,
  bundle: true,
  minify: true,
  // A stack trace names functions as the sources do.
  keepNames: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // What is there only for who wants it, and what one command alone loads, late.
  external: [...Object.keys(peerDependencies), 'undici'],
  write: false,
  logLevel: 'warning',
};
const plugins = [ours, parserAlone, late];

const built = await Promise.all([
  ...ALONE.map((name) =>
    build({
      ...options,
      entryPoints: { [name]: join(DIST, 'cli/main.js') },
      plugins: [only(name), ...plugins],
    }),
  ),
  build({ ...options, splitting: true, plugins }),
]);
const outputFiles = built.flatMap((each) => each.outputFiles);

// A command that runs meanwhile finds what it needs: chunks are named by their contents, and the entry comes last.
mkdirSync(OUT, { recursive: true });
const names = new Set(outputFiles.map(({ path }) => basename(path)));
for (const { path, contents } of outputFiles.toSorted((a, b) => Number(isEntry(a)) - Number(isEntry(b)))) {
  writeFileSync(`${path}.tmp`, contents);
  renameSync(`${path}.tmp`, path);
}
for (const name of readdirSync(OUT)) if (!names.has(name)) rmSync(join(OUT, name));

/** @param {import('esbuild').OutputFile} file */
function isEntry({ path }) {
  return basename(path) === 'main.js';
}
