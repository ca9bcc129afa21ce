import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/node/ledger/sqlite/sqlite-driver.js';
import { newFolder } from '../new-folder.js';
import { runArguments } from './run-here.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const KEYWRIGHT = join(ROOT, 'bin/keywright.js');
const DRIVER = join(ROOT, 'dist/node/ledger/sqlite/sqlite-driver.js');
const KEYS = 3000;

/** A ledger with keys in it, in a folder of its own; commands run in another. */
let folder: string;
let work: string;
let ledger: string;

beforeEach(async () => {
  const both = newFolder();
  chmodSync(both, 0o755);
  [folder, work] = [join(both, 'ledger'), join(both, 'work')];
  for (const path of [folder, work]) mkdirSync(path);
  // Nobody is to fail at what it writes rather than at the ledger.
  chmodSync(work, 0o777);
  ledger = join(folder, 'issued.db');
  const done = { status: 0, stdout: '', stderr: '' };
  expect(await runArguments(['ledger', 'init', ledger, '--quiet'])).toStrictEqual(done);
  const keys = Array.from({ length: KEYS }, (_, index) => String(index).padStart(25, 'KEY')).join('\n');
  expect(await runArguments(['ledger', 'import', ledger, '-', '--quiet'], {}, keys)).toStrictEqual(done);
});

const generate = () => ['generate', '-n', '5', '-o', join(work, 'keys.txt'), '--ledger', ledger];

/** Leaves the folder as a process does that is killed amid a write: pages are changed, the journal has the old ones. */
function crash(): void {
  const script = `
    import { openSqlite } from ${JSON.stringify(DRIVER)};
    const driver = await openSqlite(${JSON.stringify(ledger)});
    for (const pragma of ['journal_mode = TRUNCATE', 'cache_size = 1']) driver.all('PRAGMA ' + pragma, []);
    driver.exec('BEGIN IMMEDIATE');
    driver.exec('DELETE FROM keywright_keys WHERE k > x\\'01\\'');
    process.kill(process.pid, 'SIGKILL');`;
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', script]);
  expect(signal).toBe('SIGKILL');
  expect(statSync(`${ledger}-journal`).size).toBeGreaterThan(4096);
}

/** Until a process has the ledger open, and some time longer. */
async function opened(pid: number): Promise<void> {
  const open = `/proc/${pid}/fd`;
  for (let round = 0; round < 400 && existsSync(open); round++) {
    if (readdirSync(open).some((fd) => isLedger(join(open, fd)))) break;
    await delay(50);
  }
  await delay(500);
}

function isLedger(link: string): boolean {
  try {
    return readlinkSync(link) === ledger;
  } catch {
    // It was closed meanwhile.
    return false;
  }
}

/** What is in the files of its folder, as texts: bytes would be compared one by one. */
const contents = () => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));

describe('a ledger in a file', () => {
  it('that a crashed process left amid a write is put right at the next opening, as SQLite does it', async () => {
    const before = readFileSync(ledger);
    crash();
    expect(readFileSync(ledger).equals(before)).toBe(false);
    const status = await runArguments(['ledger', 'status', ledger, '--json']);
    expect(status.stderr).toBe('');
    expect(JSON.parse(status.stdout).keys).toStrictEqual({ issued: KEYS, created: 0 });
    expect(readFileSync(ledger).equals(before)).toBe(true);
    expect((await runArguments(['ledger', 'verify', ledger])).status).toBe(0);
    crash();
    expect((await runArguments(generate())).status).toBe(0);
    const manifest = join(work, 'keys.txt.manifest.json');
    expect((await runArguments(['ledger', 'verify', ledger, manifest])).stdout).toMatch(/^sound/);
  });

  /** Permissions do not hold root back, so it becomes somebody they do. */
  const uid = process.getuid?.() === 0 ? 65_534 : undefined;
  const asNobody = (argv: readonly string[]) => {
    const settings = { encoding: 'utf8', ...(uid !== undefined && { uid, gid: uid }) } as const;
    return spawnSync(process.execPath, [KEYWRIGHT, ...argv], settings);
  };
  const reachable = asNobody(['--version']);

  it.skipIf(reachable.status !== 0)(
    'that is read-only, crashed or not, is refused in one line, and nothing is written',
    () => {
      const refused = (line: RegExp, argv = generate()) => {
        const before = contents();
        const { status, stdout, stderr } = asNobody(argv);
        expect([status, stdout]).toStrictEqual([3, '']);
        expect(stderr).toMatch(/^(keywright: [^\n]+|\{"schema":"keywright\/error\/v1"[^\n]+)\n$/);
        expect(stderr).toMatch(line);
        expect(readdirSync(work)).toStrictEqual([]);
        expect(contents()).toStrictEqual(before);
      };
      chmodSync(ledger, 0o444);
      chmodSync(folder, 0o555);
      refused(/is read-only: check the permissions of the file and of its directory/);
      expect(asNobody(['ledger', 'status', ledger]).status).toBe(0);
      chmodSync(ledger, 0o000);
      refused(/cannot be opened: check the permissions/);
      chmodSync(folder, 0o755);
      chmodSync(ledger, 0o600);
      crash();
      chmodSync(ledger, 0o444);
      chmodSync(`${ledger}-journal`, 0o444);
      chmodSync(folder, 0o555);
      refused(/is read-only|cannot be opened/);
      refused(/is read-only|cannot be opened/, ['ledger', 'status', ledger]);
      chmodSync(folder, 0o755);
    },
    120_000,
  );

  it('that a live process holds is waited for until there is a signal, and nothing is written', async () => {
    // Read before: closing the file would drop the locks that this process holds on it.
    const before = readFileSync(ledger);
    const holder = await openSqlite(ledger);
    holder.exec('BEGIN EXCLUSIVE');
    const child = spawn(process.execPath, [KEYWRIGHT, ...generate()]);
    const output: string[] = [];
    child.stderr.on('data', (data) => output.push(String(data)));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await opened(child.pid ?? 0);
    expect(child.exitCode).toBe(null);
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
    expect(output.join('')).toBe('keywright: interrupted by SIGTERM\n');
    expect(readdirSync(work)).toStrictEqual([]);
    holder.exec('ROLLBACK');
    holder.close();
    expect(readFileSync(ledger).equals(before)).toBe(true);
  });
});
