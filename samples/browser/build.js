// Builds the pages, each one file without a network: npm run build && node samples/browser/build.js
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Each page, and where its page.html, page.css and page.ts are. */
export const PAGES = {
  'verify.html': '.',
  'workbench.html': './workbench',
};

/** @param {string} name */
const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * The page as text.
 *
 * @param {keyof typeof PAGES} name
 */
export async function buildPage(name) {
  const folder = PAGES[name];
  const style = await bundle(`${folder}/page.css`);
  const script = (await bundle(`${folder}/page.ts`)).replaceAll('</script', '<\\/script');
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
  const page = readFileSync(path(`${folder}/page.html`), 'utf8');
  return page.replace(/\{\{(\w+)\}\}/g, (_, part) => parts[part] ?? '');
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
  writeFileSync(path('verify.html'), await buildPage('verify.html'));
  writeFileSync(path('workbench.html'), await buildPage('workbench.html'));
}
