import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Interrupted, outcomeOf, traceOf, UsageError } from '../../../src/cli/command/exit-code.js';
import { PipeClosed } from '../../../src/cli/command/io.js';
import { KeywrightError } from '../../../src/core/errors.js';
import { newFolder } from '../../new-folder.js';
import { runArguments } from '../run-here.js';

const folder = newFolder();

const KEY = 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE';

describe('outcomeOf', () => {
  it.each([
    [new UsageError('wrong'), 2, 'usage'],
    [new Interrupted('SIGTERM'), 143, 'interrupted'],
    [new KeywrightError('no_keys', 'none', { path: 'a' }), 3, 'no_keys'],
    [new KeywrightError('already_issued', 'done', { batch: 'b', at: '', count: 1 }), 1, 'already_issued'],
    [Object.assign(new Error(KEY), { code: 'EIO', syscall: 'read' }), 3, 'system'],
    [new TypeError(KEY), 70, 'bug'],
    [KEY, 70, 'bug'],
  ])('%s ends with %d, %s', (error, exitCode, code) => {
    const ending = outcomeOf(error);
    expect(ending).toMatchObject({ exitCode, code });
    expect(ending?.message).not.toContain(KEY);
  });

  it('takes a reader that went away for no failure', () => {
    expect(outcomeOf(new PipeClosed())).toBeUndefined();
  });
});

describe('traceOf', () => {
  it('tells places and causes, and no message', () => {
    const cause = new RangeError(`${KEY}\n    with a line of its own`);
    const trace = traceOf(new TypeError(KEY, { cause }));
    expect(trace).toMatch(/^TypeError\n {4}at /);
    expect(trace).toMatch(/\ncaused by RangeError\n {4}at /);
    expect(trace).not.toContain(KEY);
  });

  it('ends, though a cause may lead back', () => {
    const error = new Error('a');
    error.cause = error;
    expect(traceOf(error).split('\n').length).toBeLessThan(400);
  });
});

describe('an error under --json', () => {
  it('is one line of JSON on stderr', async () => {
    const out = join(folder, 'keys.txt');
    const line = ['generate', '-n', '3', '-f', 'LINUX-XXXX', '-o', out, '--json'];
    const { status, stdout, stderr } = await runArguments(line);
    expect([status, stdout]).toEqual([2, '']);
    expect(JSON.parse(stderr)).toEqual({
      schema: 'keywright/error/v1',
      code: 'invalid_format',
      message: expect.stringContaining('(--prefix)'),
      exit: 2,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('tells a mistake on the command line so, too', async () => {
    const { status, stderr } = await runArguments(['audit', '--json', '--nonsense']);
    expect(status).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ code: 'usage', exit: 2 });
  });

  it('is text where --json is an operand', async () => {
    const { stderr } = await runArguments(['audit', '--', '--json']);
    expect(stderr).toMatch(/^keywright: /);
  });
});

describe('KEYWRIGHT_DEBUG=1', () => {
  it('adds where it happened', async () => {
    const line = ['check', KEY, '-f', 'LINUX-XXXX'];
    expect((await runArguments(line, { KEYWRIGHT_DEBUG: '1' })).stderr).toMatch(
      /^keywright: KeywrightError\n {4}at .*\nkeywright: position 1: /s,
    );
    expect((await runArguments(line)).stderr).not.toContain('    at ');
  });
});
