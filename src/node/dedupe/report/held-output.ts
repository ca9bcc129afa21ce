import type { ByteSink } from '../../files/byte-sink.js';
import type { SpillFile } from '../../files/spill-file.js';

/** Takes bytes into `held`. */
export function holding(held: SpillFile): ByteSink {
  return {
    async write(bytes) {
      held.append(bytes);
    },
  };
}

/** The sink, and how many bytes went into it. */
export function counting(sink: ByteSink): ByteSink & { readonly bytes: number } {
  const counted = {
    bytes: 0,
    async write(bytes: Uint8Array) {
      counted.bytes += bytes.length;
      await sink.write(bytes);
    },
  };
  return counted;
}

/** Everything that `held` took, into `sink`. */
export async function copyHeld(held: SpillFile, sink: ByteSink): Promise<void> {
  const chunk = new Uint8Array(1 << 18);
  for (let at = 0; at < held.length; at += chunk.length) {
    await sink.write(chunk.subarray(0, held.read(chunk, at)));
  }
}
