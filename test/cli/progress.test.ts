import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newFolder } from '../new-folder.js';
import { plainCommand } from './plain-command.js';
import { runHere } from './run-here.js';
import { run } from './script.js';

let folder = '';
beforeEach(() => {
  folder = newFolder();
});

const CLEAR = '\r\u001b[K';
const hasTerminal = run('script -qec true /dev/null', tmpdir()).status === 0;

it.skipIf(!hasTerminal)(
  'a terminal (of util-linux) sees progress after one second, and none at the end',
  () => {
    const { stdout } = run(`script -qec 'keywright generate -n 18000000 -o k.txt' /dev/null`, folder);
    expect(stdout).toMatch(/[0-9,]+ of 18,000,000 keys, [0-9.,]+ a second, [0-9]+ (s|min) left/);
    expect(stdout).toContain(`${CLEAR}keys      18,000,000`);
  },
);

describe('by a clock that goes on 0.4 s each time it is read', () => {
  beforeEach(() => {
    let now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 400));
  });
  afterEach(() => vi.restoreAllMocks());

  /** What stands on stderr between one clearing of the line and the next. */
  async function linesOf(command: string, terminal: boolean): Promise<readonly string[]> {
    const plain = plainCommand(`keywright ${command}`, {});
    if (plain === undefined) throw new Error(`only a shell can run this: ${command}`);
    const { status, stderr } = await runHere(plain, folder, {}, { terminal });
    expect(status).toBe(0);
    return stderr.split(CLEAR);
  }

  it('generate shows keys, rate and time left, and removes the line', async () => {
    const [before, line, ...after] = await linesOf('generate -n 100000 -o k.txt', true);
    expect(before).toBe('');
    expect(line).toMatch(/^[0-9,]+ of 100,000 keys, [0-9.,]+ a second, [0-9]+ (s|min) left$/);
    expect(after.at(-1)).toBe('');
  });

  it('sign counts what is signed, with no total to go by', async () => {
    await linesOf('keypair create p', true);
    writeFileSync(join(folder, 'p.jsonl'), '{"code":1}\n'.repeat(5000));
    const lines = await linesOf('sign p.jsonl --jsonl --private-key p.private.pem -o s.jsonl', true);
    expect(lines[1]).toMatch(/^[0-9,]+ payloads, [0-9,]+ a second$/);
    expect(lines.at(-1)).toBe('');
  });

  it('verify counts what is verified, and its answers begin on a line of their own', async () => {
    await linesOf('keypair create p', true);
    writeFileSync(join(folder, 'p.jsonl'), '{"code":1}\n'.repeat(2000));
    await linesOf('sign p.jsonl --jsonl --private-key p.private.pem -o s.jsonl', true);
    const verify = 'verify s.jsonl --jsonl --public-key p.public.pem';
    const lines = await linesOf(verify, true);
    expect(lines[1]).toMatch(/^[0-9,]+ envelopes, [0-9,]+ a second$/);
    expect(lines.at(-1)).toBe('');
    expect(await linesOf(`${verify} --quiet`, true)).toEqual(['']);
  });

  it.each([
    ['where stderr is no terminal', '', false],
    ['with --quiet', ' --quiet', true],
  ])('nothing is said %s', async (_, option, terminal) => {
    expect(await linesOf(`generate -n 100000 -o k.txt${option}`, terminal)).toEqual(['']);
  });
});
