import type { KeyFile } from '../../node/lists/list-file.js';
import type { Context } from '../command/command.js';
import { UsageError } from '../command/exit-code.js';
import type { Arguments } from '../command/options.js';
import { readingChoices } from './reading-options.js';

/**
 * The keys of standard input as they were typed: of any shape, for each gets its answer. `onRead` is called when
 * all are through. `fits` helps to tell a heading from a key.
 */
export async function* typedKeys(
  args: Arguments,
  context: Context,
  onRead: (file: KeyFile) => void,
  fits?: (key: string) => boolean,
): AsyncGenerator<string, void, undefined> {
  const { openKeyFile } = await import('../../node/lists/list-file.js');
  const options = { ...readingChoices(args), fits, doubtfulRow: 'row' } as const;
  const file = await openKeyFile('-', { ...options, stdin: context.io.stdin, signal: context.signal });
  const decoder = new TextDecoder();
  for await (const { bytes, spans, count } of file.keys()) {
    for (let index = 0; index < count; index++) {
      yield decoder.decode(bytes.subarray(spans[2 * index], spans[2 * index + 1]));
    }
  }
  onRead(file);
  if (file.count === 0) throw new UsageError('standard input holds no key');
}
