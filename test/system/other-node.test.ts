import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const hasNative = process.getBuiltinModule?.('node:sqlite') !== undefined;
/** A Node.js that has `node:sqlite`, where this one has not. */
const native = hasNative ? undefined : process.env['NODE_WITH_SQLITE'];
if (!hasNative && native === undefined) {
  process.stderr.write(
    'No node:sqlite (set NODE_WITH_SQLITE to a Node.js 24): the ledger is tested with libsql alone.\n',
  );
}

it.skipIf(native === undefined)(
  'a ledger in a file keeps its contract with node:sqlite, too',
  () => {
    const names = ['sqlite/sqlite', 'sqlite/sqlite-file', 'leak', 'planted'];
    const files = names.map((name) => `test/node/ledger/${name}.test.ts`);
    // What is for libsql alone was tested here.
    const argv = [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=json',
      '-t',
      '^(?!.*libsql)',
      ...files,
    ];
    const { stdout } = spawnSync(native ?? '', argv, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 });
    const { success, numFailedTests, numPassedTests, testResults } = JSON.parse(
      stdout.slice(stdout.indexOf('{')),
    );
    expect([success, numFailedTests]).toStrictEqual([true, 0]);
    expect(numPassedTests).toBeGreaterThan(50);
    expect(JSON.stringify(testResults)).toContain('the ledger contract: SQLite by node:sqlite');
  },
  240_000,
);
