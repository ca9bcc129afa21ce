import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { CHAPTERS } from '../../../src/cli/chapters.js';
import { tableOf } from '../../../src/cli/command/find-command.js';
import { COMPLETION_SCRIPTS } from '../../../src/cli/completion/completion-scripts.js';
import { completionsFor } from '../../../src/cli/completion/completions.js';
import { ARTEFACTS } from '../../../src/core/sign/artefacts.js';
import { newFolder } from '../../new-folder.js';

const table = tableOf(CHAPTERS);
const words = async (shell: string, ...typed: readonly string[]) =>
  (await completionsFor([shell, ...typed], table))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t')[0]);

describe('what TAB offers', () => {
  it.each([
    ['commands', ['gen'], ['generate']],
    ['help', ['he'], ['help']],
    ['commands behind help', ['help', 'keyp'], ['keypair']],
    ['commands of a group behind help', ['help', 'keypair', ''], ['create', 'show']],
    ['commands of a group', ['ledger', 'i'], ['init', 'import']],
    ['options before a command', ['--v'], ['--version']],
    ['options', ['verify', '--max-'], ['--max-age', '--max-future', '--max-list-age']],
    ['presets', ['generate', '-f', 'l'], ['lukittu']],
    ['presets behind --format', ['check', '--format', 'uuid'], ['uuid', 'uuidv7']],
    ['presets as an operand', ['format', 'sol'], ['solifyn']],
    ['alphabets', ['generate', '--alphabet', 'w'], ['windows24']],
    ['kinds of files', ['generate', '--as', ''], ['text', 'csv', 'json', 'jsonl']],
    ['kinds of files behind =', ['dedupe', '--as=js'], ['--as=json', '--as=jsonl']],
    ['servers', ['prepare', '--for', 'cryp'], ['cryptlex', 'cryptlex-csv']],
    ['commands of revocations', ['revocations', 're'], ['remove']],
    ['purposes', ['keyring', 'add', 'k.json', '--purpose', ''], [...ARTEFACTS]],
    ['files as lists of keys', ['revocations', 'add', 'r.list', ''], [':files']],
    ['files as a state', ['keyring', 'apply', 'k.json', 'u', '--state', ''], [':files']],
    ['nothing for a program', ['sign', '--signer', ''], []],
    ['roles', ['keyring', 'add', 'k.json', '--role', ''], ['product', 'global']],
    ['styles of JSON', ['sign', '--json-style', 'p'], ['php']],
    ['algorithms', ['keypair', 'create', 'x', '--alg', ''], ['Ed25519', 'RS256']],
    ['shells', ['completion', ''], ['bash', 'zsh', 'fish']],
    ['files as values', ['generate', '--out', 'k'], [':files']],
    ['files behind --against', ['generate', '--against', 'a.txt', 'b'], [':files']],
    ['files as operands', ['audit', ''], [':files']],
    ['files behind --', ['audit', '--', '--x'], [':files']],
    ['nothing where a text goes', ['generate', '--prefix', ''], []],
    ['nothing where no operand goes', ['generate', ''], []],
    ['nothing for keys', ['check', 'ABC'], []],
    ['nothing behind a command that is none', ['nonsense', ''], []],
    ['nothing behind a second word that is none', ['ledger', 'nonsense', ''], []],
    ['nothing for an option that is none', ['generate', '--nonsense='], []],
    ['nothing for a member that every object has', ['constructor', ''], []],
  ])('%s', async (_, typed, offered) => expect(await words('zsh', ...typed)).toEqual(offered));

  it('is the part that bash takes for a word', async () => {
    expect(await words('bash', 'dedupe', '--as', '=', 'js')).toEqual(['json', 'jsonl']);
    expect(await words('bash', 'dedupe', '--as', '=')).toEqual(['text', 'csv', 'json', 'jsonl']);
    expect(await words('bash', 'prepare', '--set', 'a', '=', 'b', '--for', 'lm')).toEqual(['lmfwc']);
  });

  it('comes with what it is for', async () => {
    expect(await completionsFor(['fish', 'generate', '--cou'], table)).toBe(
      '--count\thow many keys this job writes\n',
    );
  });

  it.each([[[]], [['zsh']], [['tcsh', '']], [['zsh', '']]])('is never an error: %j', async (typed) => {
    expect(await completionsFor(typed, table)).toMatch(/^(|generate\t[\s\S]*\n)$/);
  });
});

describe('the scripts, in real shells', () => {
  const folder = newFolder();
  const bin = fileURLToPath(new URL('../../../bin/keywright.js', import.meta.url));
  const command = join(folder, 'bin', 'keywright');
  const shim = (body: string) => writeFileSync(command, `#!/bin/sh\n${body}\n`);

  beforeAll(() => {
    mkdirSync(join(folder, 'bin'));
    shim('');
    chmodSync(command, 0o755);
    for (const [shell, script] of Object.entries(COMPLETION_SCRIPTS))
      writeFileSync(join(folder, `keywright.${shell}`), script);
    writeFileSync(join(folder, 'two keys.txt'), '');
  });

  const env = {
    ...process.env,
    PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter),
    HOME: folder,
    LC_ALL: 'C.UTF-8',
  };
  const isThere = (shell: string) => spawnSync(shell, ['--version']).status === 0;
  const run = (shell: string, args: readonly string[]) =>
    spawnSync(shell, args, { cwd: folder, env, encoding: 'utf8', timeout: 60_000 });

  /** What a shell offers at the end of a line, and what it writes beside that. */
  const ASK: Readonly<Record<string, (line: string) => readonly string[]>> = {
    bash: (line) => [
      '--norc',
      '-c',
      // As readline cuts it: = is a word of its own.
      `source keywright.bash; read -ra COMP_WORDS <<< "$(sed 's/=/ = /g' <<< "$1")"; [[ $1 == *' ' ]] && COMP_WORDS+=("")
       COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _keywright; printf '%s\\n' "\${COMPREPLY[@]}"`,
      'bash',
      line,
    ],
    fish: (line) => ['--no-config', '-c', 'source keywright.fish; complete -C $argv[1]', line],
  };

  const cases = [
    ['keywright gen', 'generate'],
    ['keywright generate -f lu', 'lukittu'],
    ['keywright keyring add k --role gl', 'global'],
    ['keywright prepare --for lm', 'lmfwc'],
    ['keywright audit two', 'two keys.txt'],
  ] as const;

  for (const [shell, ask] of Object.entries(ASK)) {
    describe.skipIf(!isThere(shell))(`${shell}, where it is installed`, () => {
      it.each(cases)('%s', (line, offered) => {
        shim(`exec "${process.execPath}" "${bin}" "$@"`);
        const { stdout, stderr } = run(shell, ask(line));
        const found = stdout.split('\n').map((each) => each.split('\t')[0]?.replaceAll('\\', ''));
        expect([found, stderr]).toEqual([expect.arrayContaining([offered]), '']);
      });

      it.each([['echo keywright: broken >&2; exit 70'], ['exit 127'], ['kill -9 $$']])(
        'an error stays out of the prompt: %s',
        (body) => {
          shim(body);
          const { stdout, stderr } = run(shell, ask('keywright gen'));
          expect([stdout.trim(), stderr]).toEqual(['', '']);
        },
      );
    });
  }

  describe.skipIf(!isThere('zsh'))('zsh, where it is installed', () => {
    /** An interactive zsh in a terminal of its own, which zsh brings: TAB is pressed there. */
    const press = (line: string, awaited: string) => {
      const script = `zmodload zsh/zpty; zpty z zsh -f -i
        zpty -w z "PROMPT='> '; autoload -U compinit; compinit -u -D; source keywright.zsh; zstyle ':completion:*' list-prompt ''; echo ready"
        zpty -r -m z out '*ready*ready*'
        zpty -w -n z $1$'\\t'; all=''
        repeat 200; do while zpty -r -t z out; do all+=$out; done; [[ $all == *$2* ]] && break; sleep 0.1; done
        print -r -- $all; zpty -d z`;
      return run('zsh', ['-f', '-c', script, 'zsh', line, awaited]).stdout;
    };

    it('reads its script', () => {
      expect(run('zsh', ['-n', 'keywright.zsh'])).toMatchObject({ status: 0, stderr: '' });
    });

    it.each(cases.slice(0, 4))('%s', (line, offered) => {
      shim(`exec "${process.execPath}" "${bin}" "$@"`);
      expect(press(line, offered)).toContain(offered);
    });
  });
});
