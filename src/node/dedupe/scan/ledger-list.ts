import type { TempSpace } from '../../files/temp-space.js';
import type { KeyTexts } from '../../ledger/model/key-texts.js';
import type { Holder, Ledger } from '../../ledger/model/ledger.js';
import { otherComparison } from '../../ledger/model/ledger-error.js';
import type { RowSpans } from '../../rows/row-spans.js';
import { Input, type InputOptions } from './scanned-list.js';

/** What a ledger is called where the place of a known key is told. */
export const LEDGER_PLACE = 'ledger';
/** Keys of one question. */
const TOGETHER = 100_000;

/**
 * The keys of `inputs` that a ledger holds as issued or created, as a list to hold them against: one more reading of
 * them all. Undefined when there are none. A key that a crash spent was issued to nobody, and is not among them.
 *
 * @throws {KeywrightError} `invalid_option`: the ledger compares otherwise; as `Input.hashed` and `Ledger.find`.
 */
export async function ledgerList(
  ledger: Ledger,
  inputs: readonly Input[],
  space: TempSpace,
  options: InputOptions,
): Promise<Input | undefined> {
  if (ledger.comparison !== (options.comparer.exact ? 'exact' : 1)) throw otherComparison(ledger.comparison);
  const fd = space.open();
  let end = 0;
  for (const input of inputs) {
    for await (const { keys, odd } of input.hashed(false)) {
      for (const texts of questions(keys, new Set(odd))) {
        const known = await knownLines(ledger, texts);
        space.write(fd, known, end);
        end += known.length;
      }
    }
  }
  if (end > 0) return Input.ofLedger(LEDGER_PLACE, fd, options);
  space.close(fd);
  return undefined;
}

/** The keys but the odd ones, which no ledger can hold. */
function* questions({ bytes, spans, count }: RowSpans, odd: ReadonlySet<number>): Generator<KeyTexts> {
  let asked = new Uint32Array(2 * Math.min(TOGETHER, count));
  let held = 0;
  for (let index = 0; index < count; index++) {
    if (odd.has(index)) continue;
    asked[2 * held] = spans[2 * index] ?? 0;
    asked[2 * held++ + 1] = spans[2 * index + 1] ?? 0;
    if (2 * held < asked.length) continue;
    yield { bytes, spans: asked, count: held };
    [asked, held] = [new Uint32Array(asked.length), 0];
  }
  if (held > 0) yield { bytes, spans: asked, count: held };
}

async function knownLines(ledger: Ledger, texts: KeyTexts): Promise<Uint8Array> {
  const [issued, created] = [await ledger.find('issued', texts), await ledger.find('created', texts)];
  const lines: Uint8Array[] = [];
  for (let index = 0; index < texts.count; index++) {
    if (!isCurrent(issued[index]) && !isCurrent(created[index])) continue;
    lines.push(texts.bytes.subarray(texts.spans[2 * index], texts.spans[2 * index + 1]), LF);
  }
  return Buffer.concat(lines);
}

const LF = Uint8Array.of(0x0a);

function isCurrent(holder: Holder | null | undefined): boolean {
  return holder?.current === true;
}
