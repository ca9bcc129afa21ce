import { execFileSync } from 'node:child_process';
import { constants, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { newFolder } from '../new-folder.js';
import { type Outcome, runHere } from './run-here.js';

/**
 * What a command does with others while they run, or with the limits of its process: signals, a pipe that is closed
 * early, two at once, an output that is full or missing.
 */
const OF_PROCESSES =
  /\| head|>>|\bsh -c |\b(?:kill|timeout|ulimit|strace|wait|read)\b|(?<![&>])&(?![&\d])|[<>]&-|\/dev\/(?:full|std)/;

/** Whether a shell command stays the same when its `keywright` does not run while its neighbours do. */
export function isServable(command: string): boolean {
  return !OF_PROCESSES.test(command);
}

let made: string | undefined;

/**
 * A folder with the one executable `keywright`, for shells: it hands words, input, folder, environment and umask to
 * this process, which runs them, and gives what comes back. That takes a tenth of the time of a process of its own.
 */
export function servedFolder(): string {
  made ??= serve();
  return made;
}

function serve(): string {
  const folder = newFolder();
  const [bin, asked] = [join(folder, 'bin'), join(folder, 'asked')];
  execFileSync('mkfifo', [asked]);
  mkdirSync(bin);
  writeFileSync(join(bin, 'keywright'), shim(folder, asked), { mode: 0o755 });
  const socket = new Socket({
    fd: openSync(asked, constants.O_RDWR | constants.O_NONBLOCK),
    writable: false,
  });
  let rest = '';
  socket.unref().on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const request of lines) void answer(request);
  });
  return bin;
}

function shim(folder: string, asked: string): string {
  return `#!/bin/sh
umask=$(umask); umask 077
mine=$(mktemp -d '${folder}/XXXXXX')
cat > "$mine/in"
for word; do printf '%s\\0' "$word"; done > "$mine/words"
env -0 > "$mine/env"
printf '%s\\n%s' "$umask" "$(pwd -P)" > "$mine/place"
mkfifo "$mine/status"
echo "$mine" > '${asked}'
read -r status < "$mine/status"
cat "$mine/err" >&2
cat "$mine/out" && exit "$status"
`;
}

async function answer(request: string): Promise<void> {
  const given = (name: string) => readFileSync(join(request, name), 'utf8');
  const listed = (name: string) => given(name).split('\0').slice(0, -1);
  const [umask = '', cwd = ''] = given('place').split('\n');
  const env = Object.fromEntries(
    listed('env').map((each) => [each.replace(/=.*/s, ''), each.replace(/^[^=]*=/, '')]),
  );
  const command = { argv: listed('words'), input: join(request, 'in'), output: undefined };
  const outcome = await runHere(command, cwd, env, { umask: Number.parseInt(umask, 8) }).catch(
    (error: unknown): Outcome => ({ status: 70, stdout: '', stderr: String(error) }),
  );
  writeFileSync(join(request, 'out'), outcome.stdout);
  writeFileSync(join(request, 'err'), outcome.stderr);
  writeFileSync(join(request, 'status'), `${outcome.status}\n`);
}
