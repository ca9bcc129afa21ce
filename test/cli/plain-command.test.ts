import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { plainCommand } from './plain-command.js';

const env = { ROOT: '/a b', EMPTY: '' };

/** The words of commands as sh sees them. */
function wordsOf(commands: readonly string[]): readonly string[] {
  const script = `keywright() { for word; do printf '%s\\0' "$word"; done; printf '\\n\\0'; }\n${commands.join('\n')}\n`;
  return spawnSync('sh', ['-c', script], { env, encoding: 'utf8' }).stdout.split('\0').slice(0, -1);
}

it('takes every plain command of the scripts apart as sh does', () => {
  const folder = new URL('./scripts/', import.meta.url);
  const lines = readdirSync(folder).flatMap((name) =>
    readFileSync(new URL(name, folder), 'utf8').split('\n'),
  );
  const commands = [
    ...lines.filter((line) => line.startsWith('$ keywright ')).map((line) => line.slice(2)),
    `keywright '' "" a'b c'"d $EMPTY$ROOT/e" "$UNSET" -- ^ 'it''s' \\\n  --set=a=b`,
  ];
  const plain = commands.flatMap((command) => {
    const { argv, input, output } = plainCommand(command, env) ?? {};
    return argv !== undefined && input === undefined && output === undefined ? [{ command, argv }] : [];
  });
  expect(plain.length).toBeGreaterThan(300);
  expect(wordsOf(plain.map(({ command }) => command))).toEqual(plain.flatMap(({ argv }) => [...argv, '\n']));
});

it('reads and writes what < and > name', () => {
  expect(plainCommand('keywright check - < "$ROOT/in" > \'o t\'', env)).toEqual({
    argv: ['check', '-'],
    input: '/a b/in',
    output: 'o t',
  });
});

it.each([
  'keywright check a | head -1',
  'keywright check a; echo $?',
  'keywright check a &',
  'keywright check a && echo yes',
  'keywright check *.txt',
  'keywright check ~/a',
  'keywright check $ROOT',
  'keywright check "$(cat a)"',
  'keywright check "`cat a`"',
  'keywright check "\\a"',
  'keywright check \\a',
  'keywright check a 2> b',
  'keywright check a >> b',
  'keywright check a # comment',
  "keywright check 'a",
  'A=b keywright check a',
  'keywrights',
])('leaves %j to the shell', (command) => {
  expect(plainCommand(command, env)).toBeUndefined();
});
