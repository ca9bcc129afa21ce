import type { KeySpans } from '../../core/dedupe/key-spans.js';
import { CHUNK_KEYS } from '../ledger/model/chunk-size.js';
import type { KeyTexts } from '../ledger/model/key-texts.js';

/**
 * Gathers what readers hand over into chunks of `size` keys; only the last is smaller. The cuts depend on nothing but
 * the keys. The arrays are reused for the next chunk.
 */
export async function* keyChunks(
  batches: AsyncIterable<KeySpans>,
  size = CHUNK_KEYS,
): AsyncGenerator<KeyTexts, void, undefined> {
  let bytes = new Uint8Array(1 << 16);
  let spans = new Uint32Array(1 << 12);
  let [count, length] = [0, 0];
  for await (const batch of batches) {
    for (let index = 0; index < batch.count; index++) {
      const [start, end] = [batch.spans[2 * index] ?? 0, batch.spans[2 * index + 1] ?? 0];
      if (length + end - start > bytes.length) bytes = grown(bytes, 2 * (length + end - start), Uint8Array);
      if (2 * count + 2 > spans.length) spans = grown(spans, 4 * count + 4, Uint32Array);
      for (let at = start; at < end; at++) bytes[length + at - start] = batch.bytes[at] ?? 0;
      spans[2 * count] = length;
      length += end - start;
      spans[2 * count + 1] = length;
      if (++count < size) continue;
      yield { bytes, spans, count };
      [count, length] = [0, 0];
    }
  }
  if (count > 0) yield { bytes, spans, count };
}

function grown<Numbers extends Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(
  numbers: Numbers,
  length: number,
  Kind: new (length: number) => Numbers,
): Numbers {
  const longer = new Kind(length);
  longer.set(numbers);
  return longer;
}
