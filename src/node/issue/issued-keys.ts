import { comparedKey } from '../../core/dedupe/compared-text.js';
import { type Holder, keyTexts, type Ledger } from '../ledger/model/ledger.js';

/**
 * Which batch issued each key, or created it where none issued it; null for neither. A key that a crash spent was
 * issued to nobody, and a text that is no license key has no batch.
 *
 * @throws {KeywrightError} as `Ledger.find`.
 *
 * @example
 * const ledger = await openLedger('issued.db');
 * await importKeys(ledger, ['old.txt'], { batch: 'old-2026', by: 'me@here', now: new Date() });
 * const [holder, stranger] = await issuedBy(ledger, ['aaaaa bbbbb ccccc ddddd eeeee', 'ZZZZZ-ZZZZZ']);
 * holder.id; // 'old-2026'
 * stranger; // null
 * await ledger.close();
 */
export async function issuedBy(ledger: Ledger, keys: readonly string[]): Promise<readonly (Holder | null)[]> {
  const found = await holdersOf(ledger, keys);
  return found.map((holders) => holders.find(({ current }) => current) ?? null);
}

/**
 * All that the ledger says of each key: which batch holds it among those issued, then which among those created. One that
 * is not `current` holds a key that a crash spent.
 *
 * @throws {KeywrightError} as `Ledger.find`.
 *
 * @example
 * const ledger = await openLedger('issued.db');
 * const comment = 'https://ci.example/runs/7';
 * await importKeys(ledger, ['old.txt'], { batch: 'old-2026', by: 'me@here', comment, now: new Date() });
 * const [[holder], none] = await holdersOf(ledger, ['AAAAA-BBBBB-CCCCC-DDDDD-EEEEE', 'ZZZZZ-ZZZZZ']);
 * holder.comment; // 'https://ci.example/runs/7'
 * none.length; // 0
 * await ledger.close();
 */
export async function holdersOf(
  ledger: Ledger,
  keys: readonly string[],
): Promise<readonly (readonly Holder[])[]> {
  const { comparison } = ledger;
  const asked = [...keys.keys()].filter(
    (index) => comparedKey(keys[index] ?? '', comparison).problem === undefined,
  );
  const texts = keyTexts(asked.map((index) => keys[index] ?? ''));
  const [issued, created] = [await ledger.find('issued', texts), await ledger.find('created', texts)];
  const found = new Map(
    asked.map((index, at) => [
      index,
      [issued[at] ?? null, created[at] ?? null].filter((holder) => holder !== null),
    ]),
  );
  return keys.map((_, index) => found.get(index) ?? []);
}
