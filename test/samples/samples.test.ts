import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { QUICK, run, start } from '../cli/script.js';
import { newFolder } from '../new-folder.js';

let folder = '';

beforeEach(() => {
  folder = newFolder();
});

describe('npm start', () => {
  it('tells the whole story: generate, bulk create, verify, refuse, verify what the vendor published', () => {
    const { status, stdout, stderr } = run(`node "$ROOT/samples/start.js"`, folder, { TMPDIR: folder });
    expect(stderr).toMatch(/^keywright: warning: a demo key signs, .*\n$/);
    expect(stdout).toMatch(/^keys +10,000 of X{5}(-X{5}){4}, 129\.2 bits each$/m);
    expect(stdout).toMatch(/^against +800 existing keys in 4 lists$/m);
    expect(stdout).toMatch(/^keys +10,000 submitted, 10,000 created, 0 duplicates$/m);
    expect(stdout).toMatch(/^verified \(Ed25519\)\nkey +HsYVPMfJJ5jks6Fju7frWKfaenckY1yK5Xx1KyvZGF4$/m);
    expect(stdout).toMatch(/^refused: bad_signature\nhint .*\ncause +text_changed$/m);
    expect(stdout).toMatch(/^verified \(RS256\)$/m);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('seed envelope: verified (RS256)');
    expect(status).toBe(0);
    const [made = ''] = readdirSync(folder).filter((name) => name.startsWith('keywright-'));
    expect(
      readFileSync(join(folder, made, 'keys.txt'), 'utf8')
        .trim()
        .split('\n'),
    ).toHaveLength(10_000);
    const report = readFileSync(join(folder, made, 'report.csv'), 'utf8')
      .trim()
      .split('\n');
    expect(report[0]).toBe('key,outcome,first_seen,expires_at');
    expect(report.slice(1).every((row) => /^[0-9A-Z-]{29},created,,$/.test(row))).toBe(true);
    expect(report).toHaveLength(10_001);
  });
});

describe('samples/ci/pregenerate.sh', () => {
  it('holds each batch against all that came before it', async () => {
    const command = `COUNT=1200 FORMAT=9999 ISSUED=issued sh "$ROOT/samples/ci/pregenerate.sh" 2>/dev/null`;
    for (let batch = 0; batch < 4; batch++) expect((await start(command, folder, QUICK)).status).toBe(0);
    const lists = readdirSync(join(folder, 'issued')).filter((name) => name.endsWith('.txt'));
    const keys = lists.flatMap((name) =>
      readFileSync(join(folder, 'issued', name), 'utf8')
        .trim()
        .split('\n'),
    );
    expect(new Set(keys).size).toBe(4800);
    // 6,000 of 10,000 would be too many: the fifth batch is refused and leaves nothing.
    expect((await start(command, folder, QUICK)).status).toBe(2);
    expect(readdirSync(join(folder, 'issued'))).toHaveLength(8);
  });
});
