/**
 * Keys as bytes: key i is `bytes[i * stride, i * stride + length)`, printable ASCII, and a line feed follows
 * each, so that `bytes[0, count * stride)` is a text file as it stands. The bytes are reused for the next block.
 */
export interface KeyBlock {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly length: number;
  readonly stride: number;
}

/**
 * The keys of a block as strings.
 *
 * @example
 * const [block] = generateBlocks(parseFormat('9'), 4);
 * if (block) blockToStrings(block).length; // 4
 */
export function blockToStrings(block: KeyBlock): string[] {
  return Array.from({ length: block.count }, (_, index) => {
    const start = index * block.stride;
    return String.fromCharCode(...block.bytes.subarray(start, start + block.length));
  });
}
