// Builds verify.html, one file without a network: npm run build && node samples/browser/build.js
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** @param {string} name */
const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The page as text. */
export async function buildPage() {
  const style = await bundle('page.css');
  const script = (await bundle('page.ts')).replaceAll('</script', '<\\/script');
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    'img-src data:', // the empty icon, so that no browser asks a server for one
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  /** @type {Record<string, string>} */
  const parts = { policy, style, script };
  return readFileSync(path('page.html'), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name] ?? '');
}

/** @param {string} name */
async function bundle(name) {
  const { outputFiles } = await build({
    entryPoints: [path(name)],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2023',
    charset: 'utf8',
    legalComments: 'none',
    write: false,
  });
  return outputFiles[0]?.text.trim() ?? '';
}

/** @param {string} text */
function hash(text) {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(path('verify.html'), await buildPage());
}
