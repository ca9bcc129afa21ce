import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/node/ledger/sqlite-driver.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const KEYWRIGHT = join(ROOT, 'bin/keywright.js');
const DRIVER = join(ROOT, 'dist/node/ledger/sqlite-driver.js');
const KEYS = 3000;

/** A ledger with keys in it, in a folder of its own; commands run in another. */
let folder: string;
let work: string;
let ledger: string;

beforeEach(() => {
  const both = mkdtempSync(join(tmpdir(), 'keywright-locks-'));
  chmodSync(both, 0o755);
  [folder, work] = [join(both, 'ledger'), join(both, 'work')];
  for (const path of [folder, work]) mkdirSync(path);
  // Nobody is to fail at what it writes rather than at the ledger.
  chmodSync(work, 0o777);
  ledger = join(folder, 'issued.db');
  expect(keywright(['ledger', 'init', ledger, '--quiet']).status).toBe(0);
  const keys = Array.from({ length: KEYS }, (_, index) => String(index).padStart(25, 'KEY')).join('\n');
  const [status, stderr] = [keywright(['ledger', 'import', ledger, '-', '--quiet'], keys)].flatMap((run) => [
    run.status,
    run.stderr,
  ]);
  expect([status, stderr]).toStrictEqual([0, '']);
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

function keywright(argv: readonly string[], input = '', uid?: number) {
  const settings = {
    cwd: work,
    encoding: 'utf8',
    input,
    ...(uid !== undefined && { uid, gid: uid }),
  } as const;
  return spawnSync(process.execPath, [KEYWRIGHT, ...argv], settings);
}

const generate = () => ['generate', '-n', '5', '-o', 'keys.txt', '--ledger', ledger];

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

describe('a ledger in a file', () => {
  it('that a crashed process left amid a write is put right at the next opening, as SQLite does it', () => {
    const before = readFileSync(ledger);
    crash();
    expect(readFileSync(ledger).equals(before)).toBe(false);
    const status = keywright(['ledger', 'status', ledger, '--json']);
    expect(status.stderr).toBe('');
    expect(JSON.parse(status.stdout).keys).toStrictEqual({ issued: KEYS, created: 0 });
    expect(readFileSync(ledger).equals(before)).toBe(true);
    expect(keywright(['ledger', 'verify', ledger]).status).toBe(0);
    crash();
    expect(keywright(generate()).status).toBe(0);
    expect(keywright(['ledger', 'verify', ledger, 'keys.txt.manifest.json']).stdout).toMatch(/^sound/);
  });

  /** Permissions do not hold root back, so it becomes somebody they do. */
  const uid = process.getuid?.() === 0 ? 65_534 : undefined;
  const reachable = spawnSync(
    process.execPath,
    [KEYWRIGHT, '--version'],
    uid === undefined ? {} : { uid, gid: uid },
  );

  it.skipIf(reachable.status !== 0)(
    'that is read-only, crashed or not, is refused in one line, and nothing is written',
    () => {
      const refused = (line: RegExp, argv = generate()) => {
        const before = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
        const { status, stdout, stderr } = keywright(argv, '', uid);
        expect([status, stdout]).toStrictEqual([3, '']);
        expect(stderr).toMatch(/^keywright: [^\n]+\n$/);
        expect(stderr).toMatch(line);
        expect(readdirSync(work)).toStrictEqual([]);
        expect(readdirSync(folder).map((name) => readFileSync(join(folder, name)))).toStrictEqual(before);
      };
      chmodSync(ledger, 0o444);
      chmodSync(folder, 0o555);
      refused(/is read-only: check the permissions of the file and of its directory/);
      refused(/is read-only/, ['ledger', 'import', ledger, KEYWRIGHT]);
      expect(keywright(['ledger', 'status', ledger], '', uid).status).toBe(0);
      chmodSync(ledger, 0o000);
      refused(/cannot be opened: check the permissions/);
      refused(/cannot be opened: check the permissions/, ['ledger', 'status', ledger]);
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
  );

  it('that a live process holds is waited for until there is a signal, and nothing is written', async () => {
    // Read before: closing the file would drop the locks that this process holds on it.
    const before = readFileSync(ledger);
    const holder = await openSqlite(ledger);
    holder.exec('BEGIN EXCLUSIVE');
    const child = spawn(process.execPath, [KEYWRIGHT, ...generate()], { cwd: work });
    const output: string[] = [];
    child.stderr.on('data', (data) => output.push(String(data)));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await delay(2000);
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
