import { isKeywrightError, KeywrightError } from '../../../core/errors.js';
import { KeyedLedger } from '../keyed-ledger.js';
import type { CopiedStore, ExpectedTags, LedgerSnapshot } from '../model/copying.js';
import { movedLedger, otherLedger, unfinishedCopy, unreachableLedger } from '../model/ledger-error.js';
import type { LedgerHeader } from '../model/store.js';
import { adoptedHeader, type DerivedKeys, ledgerKeys } from '../root-key.js';
import { SummedTags } from '../tags/summed-tags.js';
import { TagSum } from '../tags/tag-sum.js';
import { copyTags } from './copied-tags.js';
import { CopyFigures, keysIn } from './copy-figures.js';
import { type CopyPlan, planCopy, sameBatches } from './copy-plan.js';
import type { CopyReport } from './copy-report.js';
import { overlapOf } from './overlap.js';
import { publishedTexts } from './published-text.js';
import { refuseFaults, refuseUnfit, sameLedger } from './refused-source.js';

/** One of the two ledgers of a copy. */
export interface CopySide {
  readonly store: CopiedStore;
  readonly secret: Uint8Array | undefined;
}

/** What a copy is to do. */
export interface CopyChoices {
  readonly now: Date;
  /** Only look at what it would do. */
  readonly dryRun?: boolean | undefined;
  /** Ends by saying in the copied ledger where it went: that one issues nothing more. */
  readonly move?: boolean | undefined;
  /** The other ledger issues nothing before `confirmRestored`. */
  readonly restore?: boolean | undefined;
  /** Keys that two batches issued stay with both. */
  readonly keepBoth?: boolean | undefined;
  /** Called with the number of keys that were read so far, of how many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** How often a ledger that is to be moved is looked at again, because somebody wrote to it. */
const MOST_ROUNDS = 5;

/** Tags of one transaction. */
const TOGETHER = 400_000;

/** As `copyLedger`, of ledgers that are open; `together` tags go in one transaction. */
export async function copyStores(
  from: CopySide,
  to: CopySide,
  choices: CopyChoices,
  together = TOGETHER,
): Promise<CopyReport> {
  if ((await from.store.whereabouts()) === (await to.store.whereabouts())) throw sameLedger(to.store.name);
  const copying = new Copying(from, to, choices, together);
  await copying.refuseBroken();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { report, seen } = await copying.round();
    if (choices.move !== true || report.dryRun || report.refused) return report;
    if (await from.store.markMoved(seen, to.store.name, choices.now)) return { ...report, moved: true };
  }
  throw unreachableLedger(from.store.name, 'is written to all the time: end what issues there, and repeat');
}

class Copying {
  readonly #source: KeyedLedger;
  readonly #from: CopySide;
  readonly #to: CopySide;
  readonly #choices: CopyChoices;
  readonly #published: ReturnType<typeof publishedTexts>;
  readonly #together: number;
  readonly #figures = new CopyFigures();
  #isSameRoot: boolean;
  #isBegun = false;
  /** What the other ledger was before a copy that is not at its end made it another. */
  #before: LedgerHeader | undefined;

  constructor(from: CopySide, to: CopySide, choices: CopyChoices, together: number) {
    this.#together = together;
    const keys = keysFrom(from, 'fromSecretFile');
    const theirs = keysFrom(to, 'toSecretFile');
    this.#source = new KeyedLedger(from.store, keys);
    this.#from = from;
    this.#to = to;
    this.#choices = choices;
    this.#published = publishedTexts(from.store.name, keys, from.store.header.id);
    this.#isSameRoot =
      from.store.header.id === to.store.header.id && Buffer.from(keys.tags).equals(theirs.tags);
  }

  /** All but the tags, which are looked at as they are copied. */
  async refuseBroken(): Promise<void> {
    refuseFaults(this.#from.store.name, await this.#from.store.integrity());
    refuseFaults(this.#from.store.name, await this.#source.verifyRecords());
  }

  /** Copies the ledger as it is now. What was begun of one that turns out to be damaged is taken back. */
  async round(): Promise<{ readonly report: CopyReport; readonly seen: LedgerSnapshot }> {
    const { name } = this.#from.store;
    try {
      return await this.#from.store.snapshot(async (seen) => ({ report: await this.#run(seen), seen }));
    } catch (error) {
      if (this.#isBegun && isKeywrightError(error, 'damaged_ledger') && error.details.ledger === name)
        await this.#to.store.dropArrival(this.#before);
      throw error;
    }
  }

  async #run(snapshot: LedgerSnapshot): Promise<CopyReport> {
    const { keepBoth = false, dryRun = false } = this.#choices;
    const summed = new SummedTags(snapshot);
    const from = { ...snapshot, tags: () => summed.tags() };
    refuseUnfit(from, this.#from.store.name, this.#choices.move === true ? this.#to.store.name : undefined);
    const { to, overlaps } = await this.#to.store.snapshot(async (snapshot) => {
      this.#refuseTarget(from, snapshot);
      return { to: snapshot, overlaps: await overlapOf(from, snapshot, ownChunks(from, snapshot)) };
    });
    const plan = planCopy(from, to, overlaps, this.#published);
    const refused = plan.conflicts.some(({ problem }) => problem !== 'keys' || !keepBoth);
    // Into a ledger that holds nothing they are read once: while they are copied.
    if (refused || dryRun || to.chunks.length > 0) refuseFaults(this.#from.store.name, await summed.faults());
    if (!refused && !dryRun) await this.#write(from, to, plan, summed);
    return { ...this.#figures.after(from, overlaps, plan), dryRun, refused, moved: false };
  }

  async #write(from: LedgerSnapshot, to: LedgerSnapshot, plan: CopyPlan, summed: SummedTags): Promise<void> {
    const { now: at, restore: restoring = false, keepBoth = false, onProgress } = this.#choices;
    const { store } = this.#to;
    const isNothing = plan.chunks.length + plan.batches.size + plan.found.size === 0;
    if (isNothing && !to.marks.copying && this.#isSameRoot && !restoring)
      return refuseFaults(this.#from.store.name, await summed.faults());
    const header = this.#header();
    if (header !== undefined) this.#before = store.header;
    const arrived = await store.begin({ ...plan, batches: plan.arriving, header, restoring, at });
    this.#isSameRoot = true;
    this.#isBegun = true;
    const known = new Set(to.chunks.map(({ id }) => id));
    const elsewhere = await copyTags(from, store, {
      chunks: arrived.chunks,
      issued: plan.issued,
      together: this.#together,
      isOwn: ownChunks(from, to),
      refuseDouble: async (there) => {
        if (keepBoth || known.has(there)) return;
        await store.dropArrival(this.#before);
        throw unreachableLedger(store.name, 'issued a key of the copy at this moment: repeat the command');
      },
      onProgress: onProgress && ((done) => onProgress(done, keysIn(from))),
    });
    refuseFaults(this.#from.store.name, await summed.faults());
    const sums = await summed.sums();
    const expected = new Map<number, ExpectedTags>();
    for (const [chunk, there] of arrived.chunks) {
      const sum = (sums.get(chunk) ?? new TagSum()).plus(elsewhere.get(chunk) ?? new TagSum());
      expected.set(there, { count: sum.count, checksum: sum.toString() });
    }
    const batches = [...plan.batches].map(([there, { row, was }]) => {
      return { number: arrived.batches.get(there) ?? 0, row, was };
    });
    await store.reveal({ batches, expected });
    this.#isBegun = false;
    this.#before = undefined;
  }

  /** What the other ledger becomes, where it is not a copy yet. */
  #header() {
    if (this.#isSameRoot) return undefined;
    const { name, header } = this.#from.store;
    const { secret } = this.#to;
    return adoptedHeader(name, header, this.#from.secret, { name: this.#to.store.name, secret });
  }

  #refuseTarget(from: LedgerSnapshot, { batches, marks }: LedgerSnapshot): void {
    const { name } = this.#to.store;
    if (marks.movedTo !== null) throw movedLedger(name, marks.movedTo, marks.movedAt);
    if (!this.#isSameRoot && batches.length > 0)
      throw marks.copying ? unfinishedCopy(name) : otherLedger(this.#from.store.name, name);
    // Also refuses what has no secret.
    this.#header();
    const ours = new Set(from.batches.map(({ id, shard }) => `${id} ${shard}`));
    if (batches.some(({ arriving, id, shard }) => arriving && !ours.has(`${id} ${shard}`)))
      throw unfinishedCopy(name);
  }
}

/** Names the option of the one secret that is wrong. */
function keysFrom({ store, secret }: CopySide, option: string): DerivedKeys {
  try {
    return ledgerKeys(store.name, store.header, secret);
  } catch (error) {
    if (!isKeywrightError(error, 'wrong_secret')) throw error;
    throw new KeywrightError('wrong_secret', error.message, { ...error.details, option }, { cause: error });
  }
}

/** Whether two chunks belong to one batch. */
function ownChunks(from: LedgerSnapshot, to: LedgerSnapshot): (chunk: number, there: number) => boolean {
  const same = sameBatches(from, to);
  const ours = new Map(from.chunks.map(({ id, batch }) => [id, same.get(batch)]));
  const theirs = new Map(to.chunks.map(({ id, batch }) => [id, batch]));
  return (chunk, there) => ours.get(chunk) !== undefined && ours.get(chunk) === theirs.get(there);
}
