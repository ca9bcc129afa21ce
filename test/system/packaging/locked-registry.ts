import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newFolder } from '../../new-folder.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

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

/** What a registry says of a package of which it has the locked versions alone. */
function packument(name: string, registry: string): object | undefined {
  const found = Object.entries(packages)
    .filter(([path]) => path.endsWith(`node_modules/${name}`))
    .map(([, entry]) => entry);
  const newest = found[0];
  if (newest === undefined) return undefined;
  const versions = found.map(({ version, integrity, dependencies }) => {
    const tarball = `${registry}/-/${Buffer.from(integrity).toString('base64url')}.tgz`;
    return [version, { name, version, dependencies, dist: { tarball, integrity } }];
  });
  return { name, 'dist-tags': { latest: newest.version }, versions: Object.fromEntries(versions) };
}

/** Where `npm ci` left a tarball. */
function cached(cache: string, integrity: string): string {
  const [algorithm = '', digest = ''] = integrity.split('-');
  const hex = Buffer.from(digest, 'base64').toString('hex');
  return join(cache, '_cacache/content-v2', algorithm, hex.slice(0, 2), hex.slice(2, 4), hex.slice(4));
}

/** A registry of what is locked here, whose tarballs are those that `npm ci` left in the cache. */
export interface LockedRegistry {
  /** What npm has to have in its environment. */
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

/** Starts it on a port of its own. */
export async function openRegistry(): Promise<LockedRegistry> {
  const cache = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();
  const server = createServer(({ url = '', headers }, response) => {
    const [, integrity] = /^\/-\/([\w-]+)\.tgz$/.exec(url) ?? [];
    const answer =
      integrity === undefined
        ? packument(decodeURIComponent(url.slice(1)), `http://${headers.host}`)
        : readFileSync(cached(cache, Buffer.from(integrity, 'base64url').toString()));
    response.writeHead(answer === undefined ? 404 : 200);
    response.end(Buffer.isBuffer(answer) ? answer : JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const env = {
    npm_config_cache: newFolder(),
    npm_config_registry: `http://127.0.0.1:${port}`,
    npm_config_audit: 'false',
    npm_config_update_notifier: 'false',
  };
  return { env, close: () => server.close() };
}

/** Packs what was built into a folder; returns the tarball's name. */
export function pack(folder: string): string {
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    stdio: 'pipe',
  });
  return `keywright-${version}.tgz`;
}
