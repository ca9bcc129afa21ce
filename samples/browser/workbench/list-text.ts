/** Why a list cannot be read; the message wants the name of the list before it. */
export class UnreadableList extends Error {}

/** Characters that the page still holds at ease. */
const MOST = 200_000_000;

/**
 * The text of a list, unpacked if it is gzip.
 *
 * @throws {UnreadableList}
 */
export async function listText(list: Blob): Promise<string> {
  const head = new Uint8Array(await list.slice(0, 2).arrayBuffer());
  if (head[0] === 0x50 && head[1] === 0x4b) {
    throw new UnreadableList('is a workbook or an archive: save its list as CSV');
  }
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  const stream = isGzip ? list.stream().pipeThrough(new DecompressionStream('gzip')) : list.stream();
  const pieces: string[] = [];
  let [length, decoder]: [number, TextDecoder | undefined] = [0, undefined];
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      decoder ??= new TextDecoder(encodingOf(value), { fatal: true });
      const piece = decoder.decode(value, { stream: true });
      length += piece.length;
      pieces.push(piece);
      if (length > MOST) throw new UnreadableList('is too long for this page: use keywright dedupe');
    }
    pieces.push(decoder?.decode() ?? '');
  } catch (error) {
    if (error instanceof UnreadableList) throw error;
    const why = isGzip ? 'is no whole gzip file of UTF-8 text' : 'is no UTF-8 text';
    throw new UnreadableList(`${why}: save it anew`, { cause: error });
  }
  const text = pieces.join('');
  if (text.includes('\0')) throw new UnreadableList('is no text: give a list of keys');
  return text.includes('\n') ? text : text.replaceAll('\r', '\n');
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
