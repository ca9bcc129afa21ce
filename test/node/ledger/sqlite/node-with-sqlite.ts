import { spawnSync } from 'node:child_process';

const [native, disabled] = [hasSqlite([process.execPath]), [process.execPath, '--no-experimental-sqlite']];

/** How to start a Node.js that has `node:sqlite`: this one, or the one that NODE_WITH_SQLITE names; says so where there is none. */
export function nodeWithSqlite(): readonly string[] | undefined {
  if (native === true) return [process.execPath];
  const named = process.env['NODE_WITH_SQLITE'];
  if (named !== undefined && hasSqlite([named]) === true) return [named];
  process.stderr.write('No node:sqlite (set NODE_WITH_SQLITE to a Node.js 24): its tests are skipped.\n');
  return undefined;
}

/** How to start this Node.js so that it has none, and takes libsql. */
export function nodeWithoutSqlite(): readonly string[] | undefined {
  if (native === false) return [process.execPath];
  if (hasSqlite(disabled) === false) return disabled;
  process.stderr.write('This Node.js cannot do without node:sqlite: tests of libsql are skipped.\n');
  return undefined;
}

/** Undefined where it does not start. */
function hasSqlite([file = '', ...args]: readonly string[]): boolean | undefined {
  const script = "process.exitCode = process.getBuiltinModule?.('node:sqlite') === undefined ? 1 : 0";
  const { status } = spawnSync(file, [...args, '-e', script], { stdio: 'ignore' });
  return status === 0 || status === 1 ? status === 0 : undefined;
}
