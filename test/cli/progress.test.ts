import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from './script.js';

const folder = mkdtempSync(join(tmpdir(), 'keywright-progress-'));
const hasTerminal = run('script -qec true /dev/null', folder).status === 0;

describe.skipIf(!hasTerminal)('progress (needs script of util-linux for a terminal)', () => {
  it('shows keys, rate and time to go after one second, and is gone at the end', () => {
    const { stdout } = run(`script -qec 'keywright generate -n 9000000 -o k.txt' /dev/null`, folder);
    expect(stdout).toMatch(/[0-9,]+ of 9,000,000 keys, [0-9,]+ a second, [0-9]+ s to go/);
    expect(stdout).toContain('\r\u001b[Kkeys      9,000,000');
    rmSync(folder, { recursive: true, force: true });
  });

  it('counts what is signed, with no total to go by', () => {
    const other = mkdtempSync(join(tmpdir(), 'keywright-progress-'));
    const command = `seq 150000 | sed 's/.*/{"code":&}/' > p.jsonl && keywright keypair create p && \
      script -qec 'keywright sign p.jsonl --jsonl --private-key p.private.pem -o s.jsonl' /dev/null`;
    expect(run(command, other).stdout).toMatch(/[0-9,]+ payloads, [0-9,]+ a second/);
    rmSync(other, { recursive: true, force: true });
  });

  it('says nothing where stderr is no terminal', () => {
    const other = mkdtempSync(join(tmpdir(), 'keywright-progress-'));
    expect(run('keywright generate -n 9000000 -o k.txt', other).stderr).toBe('');
    rmSync(other, { recursive: true, force: true });
  });
});
