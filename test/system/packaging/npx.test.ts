import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { newFolder } from '../../new-folder.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const run = promisify(execFile);

interface Locked {
  readonly version: string;
  readonly integrity: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const {
  version,
  packages,
}: { readonly version: string; readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
  readFileSync(join(ROOT, 'package-lock.json'), 'utf8'),
);

/** What a registry says of a package of which it has the locked versions alone, which npm knows by their integrity. */
function packument(name: string): object | undefined {
  const found = Object.entries(packages)
    .filter(([path]) => path.endsWith(`node_modules/${name}`))
    .map(([, entry]) => entry);
  const newest = found[0];
  if (newest === undefined) return undefined;
  const versions = found.map(({ version, integrity, dependencies }) => [
    version,
    { name, version, dependencies, dist: { tarball: `http://127.0.0.1:1/${name}.tgz`, integrity } },
  ]);
  return { name, 'dist-tags': { latest: newest.version }, versions: Object.fromEntries(versions) };
}

it('npx runs the command from a tarball, with what npm ci left in the cache', {
  timeout: 120_000,
}, async () => {
  const folder = newFolder();
  const cache = join(folder, 'cache');
  mkdirSync(cache);
  const theirs = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();
  symlinkSync(join(theirs, '_cacache'), join(cache, '_cacache'));
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    stdio: 'pipe',
  });
  const registry = createServer(({ url = '' }, response) => {
    const answer = packument(decodeURIComponent(url.slice(1)));
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  try {
    const address = registry.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const settings = ['--yes', '--cache', cache, '--registry', `http://127.0.0.1:${port}`, '--no-audit'];
    const command = [`./keywright-${version}.tgz`, 'generate', '-n', '10'];
    const { stdout } = await run('npx', [...settings, ...command], { cwd: folder });
    expect(stdout).toMatch(/^([0-9A-Z]{5}(-[0-9A-Z]{5}){4}\n){10}$/);
  } finally {
    registry.close();
  }
});
