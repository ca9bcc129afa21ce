// Bundles the command into dist/command: a start reads few files. Threads and the package's own files stay where tsc put them.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const { peerDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const OUT = join(DIST, 'command');

/** A module of ours that asks where it stands means its place in dist, not in the bundle. */
const places = {
  name: 'places',
  /** @param {import('esbuild').PluginBuild} bundler */
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]dist[\\/](?:core|node|cli)[\\/].*\.js$/ }, ({ path }) => {
      const place = JSON.stringify(relative(OUT, path).replaceAll('\\', '/'));
      const text = readFileSync(path, 'utf8');
      const contents = text.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`);
      return { contents, loader: /** @type {const} */ ('js') };
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

const { outputFiles } = await build({
  entryPoints: [join(DIST, 'cli/main.js')],
  outdir: OUT,
  bundle: true,
  splitting: true,
  minify: true,
  // A stack trace names functions as the sources do.
  keepNames: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // What is there only for who wants it.
  external: Object.keys(peerDependencies),
  plugins: [places, parserAlone],
  write: false,
  logLevel: 'warning',
});

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
