import { spawnSync } from 'node:child_process';
import { appendFileSync, chownSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { newFolder } from '../../new-folder.js';
import { freePort, otherThanRoot, programFolder } from '../../node/ledger/postgres/own-postgres.js';
import { inServer } from '../../node/ledger/postgres/postgres-server.js';

/** A server of the cluster. */
interface Server {
  readonly data: string;
  readonly port: number;
}

/** What a server that lives for seconds need not do; a process that is killed leaves to the system what it wrote. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  shared_buffers: '16MB',
  autovacuum: 'off',
  wal_receiver_status_interval: '1s',
  wal_retrieve_retry_interval: '100ms',
};

/**
 * Two PostgreSQL servers on loopback of which one is the other's standby, made by initdb and pg_basebackup. They belong to a
 * test, which may kill them. The user `issuer` may do what a user of a database may, and no more.
 */
export class Cluster {
  readonly #folder: string;
  readonly #programs: string;
  /** Whom its processes run as. */
  readonly user: NonNullable<ReturnType<typeof otherThanRoot>>;
  readonly #servers: readonly [Server, Server];
  /** Which of them is the primary. */
  #primary = 0;

  private constructor(
    programs: string,
    user: NonNullable<ReturnType<typeof otherThanRoot>>,
    ports: readonly number[],
  ) {
    this.#folder = newFolder();
    [this.#programs, this.user] = [programs, user];
    this.#own(this.#folder);
    const [first = 0, second = 0] = ports;
    this.#servers = [
      { data: join(this.#folder, 'a'), port: first },
      { data: join(this.#folder, 'b'), port: second },
    ];
  }

  /** Makes the primary, and starts it; undefined, which is said, where PostgreSQL is not installed. */
  static async start(): Promise<Cluster | undefined> {
    const [programs, user] = [programFolder(), otherThanRoot()];
    if (programs === undefined || user === undefined) {
      process.stderr.write('No PostgreSQL to make a cluster of: its failover is not tested.\n');
      return undefined;
    }
    const cluster = new Cluster(programs, user, [await freePort(), await freePort()]);
    const { data, port } = cluster.primary;
    cluster.#run('initdb', '-D', data, '--username=keywright', '--auth=trust', '--no-sync');
    cluster.#set(data, { ...SETTINGS, port });
    cluster.#start(cluster.primary);
    process.once('exit', () => cluster.stop());
    await cluster.asked('CREATE ROLE issuer LOGIN');
    // What holds is what we ask for.
    await cluster.asked('ALTER ROLE issuer SET synchronous_commit = off');
    await cluster.asked('ALTER ROLE issuer SET client_min_messages = error');
    await cluster.asked('GRANT CREATE ON SCHEMA public TO issuer');
    return cluster;
  }

  get primary(): Server {
    return this.#servers[this.#primary === 0 ? 0 : 1];
  }

  get standby(): Server {
    return this.#servers[this.#primary === 0 ? 1 : 0];
  }

  /** Both hosts, in an order that never changes, as a ledger's URL. */
  get url(): string {
    const hosts = this.#servers.map(({ port }) => `127.0.0.1:${port}`);
    return `postgres://issuer@${hosts.join(',')}/postgres?target_session_attrs=read-write`;
  }

  /** Asks the primary, as its superuser. */
  asked(sql: string): Promise<readonly Record<string, unknown>[]> {
    return inServer(`postgres://keywright@127.0.0.1:${this.primary.port}/postgres`, sql);
  }

  /** Makes the standby anew, from the primary; commits wait for it where it is `synchronous`. */
  async attachStandby(synchronous: boolean): Promise<void> {
    const [from, { data, port }] = [this.primary, this.standby];
    kill(this.standby);
    rmSync(data, { recursive: true, force: true });
    const source = ['-h', '127.0.0.1', '-p', String(from.port), '-U', 'keywright'];
    this.#run('pg_basebackup', ...source, '-D', data, '-R', '-X', 'stream', '-c', 'fast', '--no-sync');
    this.#set(data, { port, synchronous_standby_names: '' });
    this.#start(this.standby);
    this.waitForStandby(synchronous);
    const state = synchronous ? "sync_state = 'sync'" : "state = 'streaming'";
    while ((await this.asked(`SELECT FROM pg_stat_replication WHERE ${state}`)).length === 0)
      await setTimeout(20);
  }

  /** Whether commits of the primary wait for a standby, from now on. */
  waitForStandby(waits: boolean): void {
    this.#set(this.primary.data, { synchronous_standby_names: waits ? '*' : '' });
    this.#run('pg_ctl', '-D', this.primary.data, 'reload');
  }

  /** Cuts the standby off from what is written from now on. */
  async cutOff(): Promise<void> {
    this.#set(this.standby.data, { primary_conninfo: 'host=127.0.0.1 port=1' });
    this.#run('pg_ctl', '-D', this.standby.data, 'reload');
    while ((await this.asked('SELECT FROM pg_stat_replication')).length > 0) await setTimeout(20);
  }

  stopStandby(): void {
    this.#run('pg_ctl', '-D', this.standby.data, 'stop', '-w', '-m', 'fast');
  }

  startStandby(): void {
    this.#start(this.standby);
  }

  /** Kills the primary, all of its processes at once. */
  killPrimary(): void {
    kill(this.primary);
  }

  /** The standby takes over. */
  promote(): void {
    this.#run('pg_ctl', '-D', this.standby.data, 'promote', '-w');
    this.#primary = 1 - this.#primary;
  }

  /** The primary dies, and the server that it had replaced is started again, as it was. */
  bringBackReplaced(): void {
    kill(this.primary);
    this.#primary = 1 - this.#primary;
    this.#set(this.primary.data, { synchronous_standby_names: '' });
    // Its process may still be in the table of processes, until somebody looks.
    rmSync(join(this.primary.data, 'postmaster.pid'), { force: true });
    this.#start(this.primary);
  }

  stop(): void {
    for (const server of this.#servers) kill(server);
  }

  #start({ data }: Server): void {
    const log = `${data}.log`;
    try {
      this.#run('pg_ctl', '-D', data, 'start', '-w', '-l', log);
    } catch (error) {
      throw new Error(readFileSync(log, 'utf8').slice(-1000), { cause: error });
    }
  }

  /** The last line of a name is what holds. */
  #set(data: string, settings: Readonly<Record<string, string | number>>): void {
    const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
    appendFileSync(join(data, 'postgresql.auto.conf'), lines.join(''));
  }

  #own(path: string): void {
    mkdirSync(path, { recursive: true });
    if ('uid' in this.user) chownSync(path, this.user.uid, this.user.gid);
  }

  #run(program: string, ...args: readonly string[]): void {
    const options = { ...this.user, cwd: this.#folder, env: { PATH: process.env['PATH'] } } as const;
    const { status, stderr } = spawnSync(join(this.#programs, program), args, {
      ...options,
      // What it starts keeps what it is given, so nothing is piped but errors of what ends.
      stdio: ['ignore', 'ignore', program === 'pg_ctl' ? 'ignore' : 'pipe'],
    });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${status} ${stderr ?? ''}`);
  }
}

/** A server whose process is there, with its children, which would outlive it by moments. */
function kill({ data }: Server): void {
  const pids: number[] = [];
  try {
    const [pid = ''] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data)) return;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    pids.push(...[pid, ...children].map(Number).filter((each) => each > 1));
  } catch {
    return;
  }
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It went by itself.
    }
  }
}
