import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Answer, caseLine, type Kind, type VectorCase } from './vector-case.js';

/** The words that start them: what judges cases, and the example of docs/other-languages.md, which wants a key. */
export interface Programs {
  readonly runner: readonly string[];
  readonly example: readonly string[];
}

/** A program of samples/clients that judges cases: lines in, lines out. */
export interface Language {
  readonly name: string;
  /** Below samples/clients. */
  readonly folder: string;
  /** What it judges. */
  readonly kinds: readonly Kind[];
  /** What its platform has not; cases that need it are not asked. */
  readonly lacks: readonly string[];
  /** Which cases it is asked, where that is not every one of its kinds. */
  readonly judges?: (one: VectorCase) => boolean;
  /** The programs, made of what stands in `source`, in the folder `made`; undefined where the tools are missing. */
  readonly build: (source: string, made: string) => Programs | undefined;
  /** Prints the version of the tools. */
  readonly version: readonly [string, ...string[]];
}

const ALL: readonly Kind[] = ['response', 'license', 'revocations', 'keyring', 'proof'];

const STRICT_C = ['-std=c11', '-O2', '-Wall', '-Wextra', '-Werror', '-pedantic'];

/** Runs a tool; whether it is there and did it. */
function runs(command: string, words: readonly string[], cwd: string): boolean {
  const { status, error, stderr } = spawnSync(command, words, { cwd, encoding: 'utf8' });
  if (status !== 0 && error === undefined) throw new Error(`${command} ${words.join(' ')}: ${stderr}`);
  return status === 0;
}

/** The programs that a compiler has made. */
function compiled(made: string): Programs {
  return { runner: [join(made, 'runner')], example: [join(made, 'example')] };
}

export const LANGUAGES: readonly Language[] = [
  {
    name: 'Python',
    folder: 'python',
    kinds: ALL,
    lacks: [],
    // The system's own has the package of the system; another one need not.
    build: (source) =>
      ['python3', '/usr/bin/python3']
        .filter((python) => spawnSync(python, ['-c', 'import cryptography']).status === 0)
        .map((python) => ({
          runner: [python, join(source, 'runner.py')],
          example: [python, join(source, 'example.py')],
        }))[0],
    version: ['/usr/bin/python3', '--version'],
  },
  {
    name: 'Go',
    folder: 'go',
    kinds: ALL,
    lacks: ['nfkc'],
    build: (source, made) =>
      runs('go', ['build', '-o', made, './runner', './example'], source) ? compiled(made) : undefined,
    version: ['go', 'version'],
  },
  {
    name: 'Java',
    folder: 'java',
    kinds: ALL,
    lacks: [],
    build: (source, made) =>
      runs('javac', ['-d', made, 'Keywright.java', 'Runner.java', 'Example.java'], source)
        ? { runner: ['java', '-cp', made, 'Runner'], example: ['java', '-cp', made, 'Example'] }
        : undefined,
    version: ['java', '--version'],
  },
  {
    name: 'C',
    folder: 'c',
    kinds: ALL,
    lacks: ['nfkc'],
    build: (source, made) =>
      ['runner', 'example'].every((program) =>
        runs(
          'cc',
          [...STRICT_C, '-o', join(made, program), 'keywright.c', `${program}.c`, '-lcrypto'],
          source,
        ),
      )
        ? compiled(made)
        : undefined,
    version: ['cc', '--version'],
  },
  {
    name: 'PHP',
    folder: 'php',
    kinds: ALL,
    lacks: [],
    // Without intl it compares keys in ASCII alone, by the same file.
    build: (source) =>
      spawnSync('php', ['-r', 'exit(extension_loaded("intl") ? 0 : 1);']).status === 0
        ? { runner: ['php', join(source, 'runner.php')], example: ['php', join(source, 'example.php')] }
        : undefined,
    version: ['php', '--version'],
  },
  {
    name: 'Shell',
    folder: 'shell',
    kinds: ['license'],
    lacks: ['rsa'],
    judges: isOfSignatureAndExpiry,
    build: (source) =>
      runs('jq', ['--version'], source) && runs('openssl', ['version'], source)
        ? { runner: ['sh', join(source, 'runner.sh')], example: ['sh', join(source, 'example.sh')] }
        : undefined,
    version: ['openssl', 'version'],
  },
];

/** What jq takes for JSON, in the part of a license file that is not signed. */
const LAX_JSON = ['NaN', 'a number without digits before its dot', '66 levels', 'a surrogate in UTF-8'];

/** The shell verifies no more: it compares no keys, opens no lists, and has no evidence. */
function isOfSignatureAndExpiry({ name, policy, expect: { reason = '' } }: VectorCase): boolean {
  const asked = Object.keys(policy).every((each) => ['product', 'key', 'device', 'now'].includes(each));
  const left = ['wrong_product', 'wrong_key', 'wrong_device', 'invalid_option'].includes(reason);
  return asked && !left && !LAX_JSON.includes(name.replace('malformed: ', ''));
}

/** Where the sources of a language are. */
export function sourceOf({ folder }: Language): string {
  return fileURLToPath(new URL(`../../samples/clients/${folder}`, import.meta.url));
}

/** The version of its tools, as they print it; undefined where they are missing. */
export function versionOf({ version: [command, ...words] }: Language): string | undefined {
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  return status === 0 ? /\d+(?:\.\d+)+/.exec(stdout + stderr)?.[0] : undefined;
}

/** The cases that a language is asked. */
export function casesFor(
  { kinds, lacks, judges = () => true }: Language,
  cases: readonly VectorCase[],
): readonly VectorCase[] {
  return cases.filter(
    (one) => kinds.includes(one.kind) && !one.needs?.some((need) => lacks.includes(need)) && judges(one),
  );
}

const answer = z.looseObject({ ok: z.boolean(), reason: z.string().optional() });

/** What the program answers to each case. */
export function ask(
  [command = '', ...words]: readonly string[],
  cases: readonly VectorCase[],
): readonly Answer[] {
  const { status, stdout, stderr } = spawnSync(command, words, {
    input: cases.map(caseLine).join(''),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0)
    throw new Error(`${command} ${words.join(' ')} exited with ${status}: ${stderr.slice(-2000)}`);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => answer.parse(JSON.parse(line)));
}
