import { execFile, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newFolder } from '../new-folder.js';
import { plainCommand } from './plain-command.js';
import { type Outcome, runHere } from './run-here.js';
import { holdToSchemas } from './schemas.js';
import { isServable, servedFolder } from './served-command.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * One case of a script: commands in a fresh folder, with what is expected of each.
 *
 *   === title of the case
 *   file NAME            the lines below, up to a line `end`, become that file
 *   $ command            run by sh in the folder; `keywright` is ours (alone, it may run without sh and process)
 *   exit N               of the command above (0 when nothing is said)
 *   out TEXT             a line of stdout, exactly; `out /regex/` anywhere in it; `out nothing`
 *   err TEXT             the same of stderr
 *   files A B …          all that is in the folder now; `files none`
 */
export interface ScriptCase {
  readonly title: string;
  readonly steps: readonly Step[];
}

interface Step {
  readonly line: number;
  readonly word: string;
  readonly rest: string;
  readonly body: string;
}

const WORDS = ['file', '$', 'exit', 'out', 'err', 'files'];

/** Reads a script. */
export function readScript(path: string): readonly ScriptCase[] {
  const cases: { title: string; steps: Step[] }[] = [];
  const lines = readFileSync(path, 'utf8').split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (line.startsWith('=== ')) {
      cases.push({ title: line.slice(4), steps: [] });
      continue;
    }
    const [word = ''] = line.split(' ', 1);
    if (!WORDS.includes(word)) throw new Error(`${path}:${index + 1}: no such word: ${word}`);
    let body = '';
    const start = index;
    if (word === 'file') {
      for (index++; index < lines.length && lines[index] !== 'end'; index++) body += `${lines[index]}\n`;
    }
    cases.at(-1)?.steps.push({ line: start + 1, word, rest: line.slice(word.length + 1), body });
  }
  return cases;
}

/** Where a command runs that needs no shell: in a process, as all others, or in this one. */
export type Place = 'process' | 'here';

/** The quickest place, unless every command is to run as users run it. */
export const QUICK: Place = process.env['KEYWRIGHT_TEST_PROCESSES'] === '1' ? 'process' : 'here';

/** Runs each command of a case in its place; throws with script, line and what was seen when something is not as expected. */
export async function runCase(
  path: string,
  { steps }: ScriptCase,
  placeOf: (command: string) => Place,
): Promise<void> {
  const folder = newFolder();
  try {
    let last: Outcome | undefined;
    let checkedExit = true;
    for (const step of steps) {
      const complain = (what: string): never => {
        throw new Error(
          `${path}:${step.line}: ${what}\n--- stdout\n${last?.stdout}\n--- stderr\n${last?.stderr}`,
        );
      };
      if (step.word === '$') {
        if (!checkedExit && last?.status !== 0)
          complain(`the command before this one exited with ${last?.status}`);
        last = await start(step.rest, folder, placeOf(step.rest));
        checkedExit = false;
      } else if (step.word === 'file') {
        writeFileSync(join(folder, step.rest), step.body);
      } else if (step.word === 'exit') {
        checkedExit = true;
        if (last?.status !== Number(step.rest)) complain(`exited with ${last?.status}, not ${step.rest}`);
      } else if (step.word === 'files') {
        const found = readdirSync(folder).sort().join(' ');
        const wanted = step.rest === 'none' ? '' : step.rest.split(' ').sort().join(' ');
        if (found !== wanted) complain(`the folder holds "${found}", not "${wanted}"`);
      } else {
        const output = (step.word === 'out' ? last?.stdout : last?.stderr) ?? '';
        if (!matches(output, step.rest)) complain(`no ${step.rest} in std${step.word}`);
      }
    }
    for (const name of readdirSync(folder).filter((each) => /\.(?:json|journal)$/.test(each)))
      holdToSchemas(readFileSync(join(folder, name), 'utf8'), `${path}: the file ${name}`);
    if (!checkedExit && last?.status !== 0)
      throw new Error(`${path}: the last command exited with ${last?.status}\n${last?.stderr}`);
  } finally {
    // It must be possible to remove it.
    chmodSync(folder, 0o700);
  }
}

function matches(output: string, expected: string): boolean {
  if (expected === 'nothing') return output === '';
  const regex = /^\/(.*)\/$/.exec(expected)?.[1];
  return regex === undefined ? output.split('\n').includes(expected) : new RegExp(regex, 'm').test(output);
}

/** As {@link run}, without waiting; in this place, without a shell where none is needed, and without a process of `keywright` where it may. */
export function start(
  command: string,
  cwd: string,
  place: Place,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const all = { ...environment(cwd), ...env };
  const plain = place === 'here' ? plainCommand(command, all) : undefined;
  if (plain !== undefined) return runHere(plain, cwd, all);
  const served = place === 'here' && isServable(command) ? { PATH: pathWith(servedFolder()) } : {};
  return new Promise((resolve) => {
    const child = execFile(
      'sh',
      ['-c', command],
      settings(cwd, { ...env, ...served }),
      (_error, stdout, stderr) => {
        resolve({ status: child.exitCode, stdout, stderr });
      },
    );
    child.stdin?.end();
  });
}

/** Runs a shell command with `keywright` on its path, in a clean environment. */
export function run(
  command: string,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): SpawnSyncReturns<string> {
  return spawnSync('sh', ['-c', command], settings(cwd, env));
}

function settings(cwd: string, env: Readonly<Record<string, string>> = {}) {
  return {
    cwd,
    encoding: 'utf8' as const,
    timeout: 120_000,
    maxBuffer: 1 << 28,
    env: { ...environment(cwd), ...env },
  };
}

function environment(cwd: string) {
  return { PATH: pathWith(commandFolder()), HOME: cwd, ROOT };
}

function pathWith(folder: string): string {
  return [folder, process.env['PATH']].join(delimiter);
}

let made: string | undefined;

/** A folder with the one executable `keywright`. */
function commandFolder(): string {
  if (made === undefined) {
    made = newFolder();
    mkdirSync(made, { recursive: true });
    const shim = `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, 'bin/keywright.js')}" "$@"\n`;
    writeFileSync(join(made, 'keywright'), shim, { mode: 0o755 });
  }
  return made;
}
