import { expect, it } from 'vitest';
import { newFolder } from '../new-folder.js';
import { start } from './script.js';
import { isServable } from './served-command.js';

it.each([
  `printf 'AAAA-0001\\nAAAA-0002\\nAAAA-0001\\n' | keywright dedupe - --quiet`,
  'keywright check AAAA-000 -f short; echo $?',
  `keywright generate -f "it's
no mask" || echo refused`,
  'printf AAAA-0001 > a; umask 022; keywright dedupe a -o b --quiet && stat -c %a b',
  `mkdir d; printf AAAA > d/a; cd d; for n in a b; do keywright dedupe $n; done; echo $?`,
  'keywright keypair show absent.pem 2>&1 >/dev/null | wc -l',
  `P='' keywright keypair create p --password-env P; ls`,
])('a served keywright is what one of its own process is: %s', async (command) => {
  expect(isServable(command)).toBe(true);
  const [apart, served] = [newFolder(), newFolder()];
  const own = await start(command, apart, 'process');
  const here = await start(command, served, 'here');
  const named = (text: string) => text.replaceAll(served, apart);
  expect({ ...here, stdout: named(here.stdout), stderr: named(here.stderr) }).toEqual(own);
});

it.each([
  'keywright generate -n 1000000 | head -1',
  'keywright generate -o a & keywright generate -o a; wait',
  'keywright generate > /dev/full',
  'keywright generate >&-',
  'ulimit -f 1; keywright generate -o a',
  'keywright dedupe a >> a',
])('has a process of its own: %s', (command) => {
  expect(isServable(command)).toBe(false);
});
