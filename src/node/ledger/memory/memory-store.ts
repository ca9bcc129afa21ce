import type { BatchRecord, Holder } from '../model/ledger.js';
import { batchMismatch, lostClaim, unfinishedBatch, unknownBatch } from '../model/ledger-error.js';
import {
  type ChunkName,
  type ClaimedBatch,
  type FoundBatch,
  type HeldClaim,
  isSameCommand,
  type KeyTags,
  type LedgerHeader,
  type LedgerStore,
  type LockedBatch,
  type StoreCounts,
  type StoredRoot,
  setOf,
  takenOver,
} from '../model/store.js';
import { saidNow, type TakenBack, type VoidedShard } from '../model/voiding.js';
import { TAG_BYTES } from '../tags/cmac.js';

interface Chunk extends ChunkName {
  readonly batch: string;
  recorded: number;
}

/** What a ledger keeps, in memory. */
export class MemoryStore implements LedgerStore {
  readonly engine = 'memory';
  readonly name = 'in memory';
  readonly version = 1;
  header: LedgerHeader;
  readonly #batches = new Map<string, FoundBatch>();
  readonly #chunks = new Map<string, Chunk>();
  /** Tags in hex, and the chunk that each carries. */
  readonly #keys = new Map<string, Chunk>();

  constructor(header: LedgerHeader) {
    this.header = header;
  }

  async claim(batch: ClaimedBatch, goesOn: boolean): Promise<FoundBatch> {
    const name = nameOf(batch);
    const found = this.#batches.get(name);
    if (found === undefined) {
      const fresh = {
        ...batch,
        state: 'reserving',
        attempt: 1,
        drawn: 1,
        claimedAt: batch.at,
        doneAt: null,
        voided: null,
        voidSaidAt: null,
        locked: null,
      } as const;
      this.#batches.set(name, fresh);
      return fresh;
    }
    if (!isSameCommand(found, batch)) throw batchMismatch(batch.id, batch.shard);
    const parameters = found.parameters.length > 0 ? found.parameters : batch.parameters;
    const claimed =
      found.state === 'done' ? { ...found, parameters } : { ...takenOver(found, batch, goesOn), parameters };
    this.#batches.set(name, claimed);
    return claimed;
  }

  async reserve(
    claim: HeldClaim,
    { attempt, number }: ChunkName,
    tags: KeyTags,
    created: KeyTags | undefined,
  ): Promise<Uint32Array | undefined> {
    const { kind } = this.#held(claim, 'reserving');
    if (kind === 'generate' && created === undefined && this.#hasCreated()) return undefined;
    const elsewhere = new Set<number>();
    if (kind === 'generate' && created !== undefined) {
      for (const [place, tag] of tagsOf(created).entries())
        if (this.#keys.has(tag)) elsewhere.add(created.order[place] ?? 0);
    }
    const id = `${nameOf(claim)} ${attempt} ${number}`;
    const chunk = this.#chunks.get(id) ?? { batch: nameOf(claim), attempt, number, recorded: 0 };
    this.#chunks.set(id, chunk);
    const taken: number[] = [];
    for (const [place, tag] of tagsOf(tags).entries()) {
      if (elsewhere.has(tags.order[place] ?? 0)) {
        taken.push(place);
        continue;
      }
      const holder = this.#keys.get(tag);
      if (holder === undefined) {
        this.#keys.set(tag, chunk);
        chunk.recorded++;
      } else if (holder !== chunk) taken.push(place);
    }
    return Uint32Array.from(taken);
  }

  async prepare(claim: HeldClaim, locked: Uint8Array): Promise<void> {
    const batch = this.#held(claim, 'reserving', 'prepared');
    if (batch.state === 'prepared' && batch.drawn !== claim.attempt) throw lostClaim(claim.id, claim.shard);
    this.#batches.set(nameOf(claim), { ...batch, state: 'prepared', locked });
  }

  async done(claim: HeldClaim, at: Date): Promise<void> {
    const batch = this.#held(claim, 'prepared', 'done');
    if (batch.state === 'done') return;
    this.#batches.set(nameOf(claim), { ...batch, state: 'done', doneAt: at });
  }

  async acceptFailover(): Promise<boolean> {
    return false;
  }

  async setVoid(
    id: string,
    shard: string | undefined,
    taken: TakenBack | null,
    now: Date,
    token: string,
  ): Promise<readonly VoidedShard[]> {
    const batches = [...this.#batches.values()].filter(
      (batch) => batch.id === id && (shard === undefined || batch.shard === shard),
    );
    if (batches.length === 0) throw unknownBatch(this.name, id, shard);
    const open = batches.find(({ state }) => state !== 'done');
    if (open !== undefined) throw unfinishedBatch(id, open.shard, open.state);
    return batches.map((batch) => {
      const { shard: part, count } = batch;
      const changed = (batch.voided === null) !== (taken === null);
      const { voided, voidSaidAt } = changed ? saidNow(batch, taken, now) : batch;
      if (changed) this.#batches.set(nameOf(batch), { ...batch, voided, voidSaidAt, token });
      return { shard: part, count, changed, voided };
    });
  }

  async holders(tags: KeyTags): Promise<readonly (Holder | null)[]> {
    return tagsOf(tags).map((tag) => {
      const chunk = this.#keys.get(tag);
      const batch = chunk && this.#batches.get(chunk.batch);
      if (chunk === undefined || batch === undefined) return null;
      const { id, shard, kind, state, at, by, comment, voided } = batch;
      const { attempt } = chunk;
      const current = attempt === 0 || attempt === batch.drawn;
      return { id, shard, kind, state, at, by, comment, voided, attempt, current, also: [] };
    });
  }

  async batches(): Promise<readonly BatchRecord[]> {
    return [...this.#batches.entries()].map(([name, batch]) => {
      const {
        parameters: _,
        adoptedAt: _at,
        token: __,
        locked: ___,
        voidSaidAt: _said,
        drawn,
        ...told
      } = batch;
      const [recorded, wasted] = this.#recorded(name, drawn);
      return { ...told, recorded, wasted };
    });
  }

  async counts(): Promise<StoreCounts> {
    const keys = { issued: 0, created: 0 };
    const batches = { reserving: 0, prepared: 0, done: 0 };
    let isVoid = 0;
    for (const [name, { kind, state, drawn, voided }] of this.#batches) {
      batches[state]++;
      if (voided !== null) isVoid++;
      for (const recorded of this.#recorded(name, drawn)) keys[setOf(kind)] += recorded;
    }
    return { keys, batches, voided: isVoid };
  }

  async replaceRoot(from: StoredRoot, to: StoredRoot): Promise<boolean> {
    if (this.header.root === from) this.header = { ...this.header, root: to };
    return this.header.root === to;
  }

  async lockedBatches(after: number, most: number): Promise<readonly LockedBatch[]> {
    return [...this.#batches.values()].slice(after, after + most);
  }

  async lockedBatch(id: string, shard: string): Promise<LockedBatch | undefined> {
    return this.#batches.get(nameOf({ id, shard }));
  }

  async verify(): Promise<readonly string[]> {
    const counted = new Map<Chunk, number>();
    for (const chunk of this.#keys.values()) counted.set(chunk, (counted.get(chunk) ?? 0) + 1);
    return [...this.#chunks.values()]
      .filter((chunk) => (counted.get(chunk) ?? 0) !== chunk.recorded)
      .map(({ batch, number }) => `batch ${batch}, chunk ${number}: its keys are not all there`);
  }

  async close(): Promise<void> {
    this.#keys.clear();
  }

  #held(claim: HeldClaim, ...states: readonly FoundBatch['state'][]): FoundBatch {
    const batch = this.#batches.get(nameOf(claim));
    if (batch?.token === claim.token && states.includes(batch.state)) return batch;
    throw lostClaim(claim.id, claim.shard);
  }

  #hasCreated(): boolean {
    return [...this.#batches.values()].some(({ kind }) => kind === 'bulk-create');
  }

  /** Keys of the attempt that counts, and of those before. */
  #recorded(batch: string, drawn: number): readonly [recorded: number, wasted: number] {
    let [recorded, wasted] = [0, 0];
    for (const chunk of this.#chunks.values()) {
      if (chunk.batch !== batch) continue;
      if (chunk.attempt === 0 || chunk.attempt === drawn) recorded += chunk.recorded;
      else wasted += chunk.recorded;
    }
    return [recorded, wasted];
  }
}

function nameOf({ id, shard }: { readonly id: string; readonly shard: string }): string {
  return `${id} ${shard}`;
}

function tagsOf({ bytes, count }: KeyTags): readonly string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return Array.from({ length: count }, (_, place) => text.slice(place * TAG_BYTES, (place + 1) * TAG_BYTES));
}
