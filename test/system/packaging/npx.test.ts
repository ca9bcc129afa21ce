import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

describe('npm, with what npm ci left in its cache', { timeout: 120_000 }, () => {
  const folder = newFolder();
  const cache = join(folder, 'cache');
  const tarball = `./keywright-${version}.tgz`;
  const registry = createServer(({ url = '' }, response) => {
    const answer = packument(decodeURIComponent(url.slice(1)));
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });

  beforeAll(async () => {
    mkdirSync(cache);
    const theirs = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();
    symlinkSync(join(theirs, '_cacache'), join(cache, '_cacache'));
    const packing = ['pack', '--ignore-scripts', '--pack-destination', folder];
    execFileSync('npm', packing, { cwd: ROOT, stdio: 'pipe' });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  }, 60_000);
  afterAll(() => {
    registry.close();
  });

  /** What they ask of the registry, asked of ours. */
  function settings(): readonly string[] {
    const address = registry.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    return ['--yes', '--cache', cache, '--registry', `http://127.0.0.1:${port}`, '--no-audit'];
  }

  it('runs the command from a tarball', async () => {
    const command = [tarball, 'generate', '-n', '10'];
    const { stdout } = await run('npx', [...settings(), ...command], { cwd: folder });
    expect(stdout).toMatch(/^([0-9A-Z]{5}(-[0-9A-Z]{5}){4}\n){10}$/);
  });

  it('puts the command on the path, and its page where man finds it', async () => {
    const prefix = join(folder, 'global');
    await run('npm', ['install', '-g', ...settings(), tarball], {
      cwd: folder,
      env: { ...process.env, NPM_CONFIG_PREFIX: prefix },
    });
    const { stdout } = await run(join(prefix, 'bin/keywright'), ['--version']);
    expect(stdout).toBe(`${version}\n`);
    expect(readFileSync(join(prefix, 'share/man/man1/keywright.1'), 'utf8')).toContain('.TH KEYWRIGHT 1 ');
  });
});
