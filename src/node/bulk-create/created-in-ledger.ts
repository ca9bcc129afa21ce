import type { CreatedKeys, Stored } from '../../core/bulk-create/bulk-create.js';
import { comparedKey, comparedText } from '../../core/dedupe/compared-text.js';
import { EventTurns } from '../files/event-turns.js';
import { shownText } from '../files/file-error.js';
import { MOST_KEYS } from '../ledger/model/chunk-size.js';
import { keyTexts } from '../ledger/model/key-texts.js';
import type { Claim, Holder, Ledger } from '../ledger/model/ledger.js';
import { notAKey } from '../ledger/tags/tag-maker.js';
import { weakKeyCheck } from '../ledger/weak-keys.js';

/** What {@link CreatedInLedger} consults beside the ledger. */
export interface LedgerKeysOptions {
  /** Where the keys come from that are to be created, in their order; else they are `request:1` and so on. */
  readonly places?: readonly string[] | undefined;
  /** Keys that exist without being in the ledger: what it holds is a duplicate, and not recorded. */
  readonly lists?: CreatedKeys | undefined;
}

/** Keys between two turns of the event loop. */
const TOGETHER = 4096;

/**
 * A ledger's set of created keys, as the store of a bulk create that holds a claim. A duplicate's `firstSeen` names
 * the batch that created it, as `batch spring (2026-01-31T00:00:00.000Z)`, or where it stands in the request.
 */
export class CreatedInLedger implements CreatedKeys {
  readonly #ledger: Ledger;
  readonly #claim: Claim;
  readonly #options: LedgerKeysOptions;

  constructor(ledger: Ledger, claim: Claim, options: LedgerKeysOptions = {}) {
    this.#ledger = ledger;
    this.#claim = claim;
    this.#options = options;
  }

  /**
   * Records what is new. A later attempt of the same batch gets the same answer.
   *
   * @throws {KeywrightError} as `Ledger.reserve`, and what the lists throw.
   */
  async create(keys: readonly string[]): Promise<readonly Stored[]> {
    const listed = await this.#options.lists?.create(keys);
    const stored = new Map<number, Stored>(listed?.entries());
    const wanted = [...keys.keys()].filter((index) => stored.get(index)?.fresh !== false);
    const turns = new EventTurns();
    const first = await this.#firsts(keys, wanted, turns);
    for (let start = 0, chunk = 0; start < wanted.length; start += MOST_KEYS, chunk++) {
      const indexes = wanted.slice(start, start + MOST_KEYS);
      const texts = indexes.map((index) => keys[index] ?? '');
      const { taken } = await this.#ledger.reserve(this.#claim, chunk, keyTexts(texts));
      const holders = await this.#ledger.find('created', keyTexts([...taken].map((at) => texts[at] ?? '')));
      for (const index of indexes) stored.set(index, { fresh: true });
      await turns.take();
      for (const [at, place] of taken.entries()) {
        const index = indexes[place] ?? 0;
        stored.set(index, this.#duplicate(index, first.get(index), holders[at] ?? null));
        if (at % TOGETHER === 0) await turns.take();
      }
    }
    return keys.map((_, index) => stored.get(index) ?? { fresh: false });
  }

  #duplicate(index: number, first: number | undefined, holder: Holder | null): Stored {
    const { id, shard } = this.#claim;
    const ours = holder?.id === id && holder.shard === shard;
    // An attempt that cut its chunks otherwise, for the lists were others, took it for this batch already.
    if (ours && first === index) return { fresh: true };
    if (ours && first !== undefined)
      return { fresh: false, firstSeen: this.#options.places?.[first] ?? `request:${first + 1}` };
    if (holder === null) return { fresh: false };
    return { fresh: false, firstSeen: `batch ${shownText(holder.id)} (${holder.at.toISOString()})` };
  }

  /** For each of the wanted keys, which of them is the first that compares equal. */
  async #firsts(
    keys: readonly string[],
    wanted: readonly number[],
    turns: EventTurns,
  ): Promise<ReadonlyMap<number, number>> {
    const seen = new Map<string, number>();
    const firsts = new Map<number, number>();
    for (const index of wanted) {
      const form = comparedText(keys[index] ?? '', this.#ledger.comparison);
      const first = seen.get(form) ?? index;
      seen.set(form, first);
      firsts.set(index, first);
      if (firsts.size % TOGETHER === 0) await turns.take();
    }
    return firsts;
  }
}

/**
 * Finds a key that the ledger would refuse while it records them, before it hears of their batch.
 *
 * @throws {KeywrightError} `not_a_key`; `weak_format`; as `Ledger.status`.
 */
export async function refuseUnfitKeys(
  ledger: Ledger,
  keys: readonly string[],
  places?: readonly string[],
): Promise<void> {
  const refuseWeak = await weakKeyCheck(ledger);
  const turns = new EventTurns();
  for (const [index, key] of keys.entries()) {
    if (index % TOGETHER === 0) await turns.take();
    const { text, problem } = comparedKey(key, ledger.comparison);
    if (problem !== undefined) throw notAKey(problem, index);
    refuseWeak?.(text, () => (places === undefined ? `key ${index + 1}` : `the key at ${places[index]}`));
  }
}
