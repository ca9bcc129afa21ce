import type { KeySpans } from '../../core/dedupe/key-spans.js';
import { KeywrightError } from '../../core/errors.js';
import { damagedFile, shownText } from '../files/file-error.js';
import { allHolders, type BatchKind, type Holder, type Ledger } from '../ledger/model/ledger.js';
import { otherComparison, unknownBatch } from '../ledger/model/ledger-error.js';
import { setOf } from '../ledger/model/store.js';
import { lineOf } from '../lists/listed-keys.js';

/** Holds lists of keys against a batch that was taken back: they are to be its keys, all of them and no others. */
export class VoidedKeys {
  readonly #ledger: Ledger;
  readonly #batch: string;
  readonly #kind: BatchKind;
  /** Keys of the shards that are void. */
  readonly #recorded: number;

  private constructor(ledger: Ledger, batch: string, kind: BatchKind, recorded: number) {
    this.#ledger = ledger;
    this.#batch = batch;
    this.#kind = kind;
    this.#recorded = recorded;
  }

  /** @throws {KeywrightError} `unknown_batch`; `invalid_option`: no shard of it is void; as `Ledger.batches`. */
  static async of(ledger: Ledger, batch: string): Promise<VoidedKeys> {
    const shards = (await ledger.batches()).filter(({ id }) => id === batch);
    const [first] = shards;
    if (first === undefined) throw unknownBatch(ledger.name, batch, undefined);
    const voided = shards.filter((shard) => shard.voided !== null);
    const recorded = voided.reduce((sum, shard) => sum + shard.recorded, 0);
    if (voided.length > 0) return new VoidedKeys(ledger, batch, first.kind, recorded);
    const message = `batch ${shownText(batch)} is not void: void it first, or leave the batch out`;
    throw new KeywrightError('invalid_option', message, { option: 'batchId' });
  }

  /** Refuses keys that are not of the batch. @throws {KeywrightError} `damaged_file`; as `Ledger.find`. */
  async refuseOthers(keys: KeySpans, path: string, unit: 'line' | 'element'): Promise<void> {
    const holders = await this.#ledger.find(setOf(this.#kind), keys);
    const isOurs = ({ id, current, voided }: Holder) => id === this.#batch && current && voided !== null;
    const other = holders.findIndex((holder) => !allHolders(holder).some(isOurs));
    if (other < 0) return;
    const problem = `is no key of the voided batch ${shownText(this.#batch)}: name the files of that batch alone`;
    throw damagedFile(path, problem, lineOf(keys, other), unit);
  }

  /** Refuses lists that leave keys of the batch out. @throws {KeywrightError} `invalid_option`. */
  refuseFewer(distinct: number): void {
    if (distinct === this.#recorded) return;
    const message = `the lists hold ${distinct} of the ${this.#recorded} keys that were voided of batch ${shownText(this.#batch)}: name all of its files`;
    throw new KeywrightError('invalid_option', message, { option: 'batchId' });
  }

  /** Refuses to look for keys that are compared otherwise. @throws {KeywrightError} `invalid_option`. */
  refuseComparison(comparison: 'canonical' | 'exact'): void {
    const ledgers = this.#ledger.comparison;
    if ((ledgers === 'exact') !== (comparison === 'exact')) throw otherComparison(ledgers);
  }
}
