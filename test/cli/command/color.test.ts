import { describe, expect, it } from 'vitest';
import { paintFor } from '../../../src/cli/command/color.js';
import { runArguments } from '../run-here.js';

const paint = (isTTY: boolean, env: Readonly<Record<string, string>>) => {
  const stream = { isTTY, write: () => true, on() {} };
  return paintFor({
    stdin: (async function* () {})(),
    stdout: stream,
    stderr: stream,
    env,
    on() {},
    off() {},
  })('red', 'refused');
};

describe('color', () => {
  it.each([
    ['on a terminal', true, {}, true],
    ['not in a pipe', false, {}, false],
    ['not with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['as ever with NO_COLOR that is empty', true, { NO_COLOR: '' }, true],
    ['not on a dumb terminal', true, { TERM: 'dumb' }, false],
    ['in a pipe with FORCE_COLOR', false, { FORCE_COLOR: '1' }, true],
    ['nowhere with FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, false],
    ['not with NO_COLOR, whatever FORCE_COLOR says', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ] as const)('%s', (_, isTTY, env, colored) => {
    expect(paint(isTTY, env)).toBe(colored ? '\u001b[31mrefused\u001b[39m' : 'refused');
  });
});

describe('verify', () => {
  const verify = async (envelope: string, ...more: readonly string[]) => {
    const argv = ['verify', '--public-key', 'keys/demo-ed25519.public.pem', ...more];
    return (await runArguments(argv, { TERM: 'xterm' }, envelope, true)).stdout;
  };
  const signed = async () => {
    const argv = ['sign', '--private-key', 'keys/demo-ed25519.private.pem', '-'];
    return (await runArguments(argv, {}, '{"timestamp":1}')).stdout;
  };

  it('says its verdict in green or red on a terminal, and nothing else', async () => {
    const envelope = await signed();
    const answers = [
      [await verify(envelope, '-'), '<32>verified<39> (Ed25519)\nkey '],
      [await verify(envelope, '--product', 'x', '-'), '<31>refused<39>: wrong_product\n'],
      [await verify(envelope, '--jsonl', '-'), '1: <32>verified<39> (Ed25519), key '],
    ] as const;
    for (const [answer, expected] of answers) {
      expect(
        answer
          .replaceAll('\u001b[', '<')
          .replaceAll(/(?<=<\d\d)m/g, '>')
          .slice(0, expected.length),
      ).toBe(expected);
      expect(answer.split('\u001b')).toHaveLength(3);
    }
    expect(await verify(envelope, '--json', '-')).not.toContain('\u001b');
  });
});
