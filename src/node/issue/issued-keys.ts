import { comparedKey } from '../../core/dedupe/compared-text.js';
import { keyTexts } from '../ledger/model/key-texts.js';
import { allHolders, type Holder, type Ledger } from '../ledger/model/ledger.js';

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
  return found.map((holders) => {
    const [issued, created] = [false, true].map((isCreated) =>
      holders.filter(({ kind, current }) => current && (kind === 'bulk-create') === isCreated),
    );
    // What one batch took back another may have issued as well.
    const first = (all: readonly Holder[] = []) => all.find(({ voided }) => voided === null) ?? all[0];
    return first(issued) ?? first(created) ?? null;
  });
}

/**
 * All that the ledger says of each key: which batches hold it among those issued, then which among those created. One that
 * is not `current` holds a key that a crash spent. Of each set there is one at most, but where ledgers were made one that had
 * issued the same key.
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
      [...allHolders(issued[at] ?? null), ...allHolders(created[at] ?? null)],
    ]),
  );
  return keys.map((_, index) => found.get(index) ?? []);
}
