import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { newFolder } from '../../../new-folder.js';

const INSTALLED = '/usr/lib/postgresql';
const PORT = 5499;

/** A PostgreSQL server that belongs to a test, which may do to it what it wants. Nobody reaches it by the network. */
export interface OwnPostgres {
  readonly url: string;
  /** As a crash, and a start after it: returns when it takes connections again. */
  restart(): void;
  stop(): void;
}

/** Makes a server in a new folder, and starts it; undefined, which it says, where PostgreSQL is not installed. */
export function startPostgres(): OwnPostgres | undefined {
  const programs = programFolder();
  const user = otherThanRoot();
  if (programs === undefined || user === undefined) {
    process.stderr.write(`No PostgreSQL server to start in ${INSTALLED}: its restart is not tested.\n`);
    return undefined;
  }
  const folder = newFolder();
  const [data, sockets] = [join(folder, 'data'), join(folder, 'sockets')];
  for (const path of [folder, data, sockets]) {
    mkdirSync(path, { recursive: true });
    if ('uid' in user) chownSync(path, user.uid, user.gid);
  }
  const run = (program: string, ...args: readonly string[]) => {
    const options = { ...user, cwd: folder, stdio: 'ignore', env: { PATH: process.env['PATH'] } } as const;
    const { status } = spawnSync(join(programs, program), ['-D', data, ...args], options);
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${status}`);
  };
  run('initdb', '--username=keywright', '--auth=trust', '--no-sync');
  const settings = `-p ${PORT} -k ${sockets} -c listen_addresses=`;
  run('pg_ctl', 'start', '-w', '-l', join(folder, 'log'), '-o', settings);
  const server: OwnPostgres = {
    url: `postgres:///postgres?host=${encodeURIComponent(sockets)}&port=${PORT}&user=keywright`,
    restart: () => run('pg_ctl', 'restart', '-w', '-m', 'immediate', '-l', join(folder, 'log')),
    stop: () => {
      process.off('exit', server.stop);
      run('pg_ctl', 'stop', '-m', 'immediate');
    },
  };
  process.prependOnceListener('exit', server.stop);
  return server;
}

/** Where PostgreSQL's programs are. */
export function programFolder(): string | undefined {
  const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED).map(Number) : [];
  const folders = versions.sort((a, b) => b - a).map((version) => join(INSTALLED, String(version), 'bin'));
  return folders.find((folder) => existsSync(join(folder, 'initdb')));
}

/** PostgreSQL refuses to run as root: then as its own user, where that is one. */
export function otherThanRoot():
  | Readonly<Record<string, never>>
  | { readonly uid: number; readonly gid: number }
  | undefined {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((which) => spawnSync('id', [which, 'postgres']));
  if (uid === undefined || gid === undefined || uid.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** A port on loopback at which nobody listens yet. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port is free');
  return address.port;
}
