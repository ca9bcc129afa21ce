import type {
  Arrival,
  Arrived,
  CopiedStore,
  DoubleTag,
  LedgerSnapshot,
  PlacesTaken,
  Reveal,
  TagSpan,
} from '../model/copying.js';
import type { BatchRecord, BatchState, Holder } from '../model/ledger.js';
import { batchMismatch, lostClaim, unknownBatch } from '../model/ledger-error.js';
import type { KeyTags } from '../model/store.js';
import {
  type ChunkName,
  type ClaimedBatch,
  type FoundBatch,
  type HeldClaim,
  isSameCommand,
  type LedgerHeader,
  type LockedBatch,
  type StoreCounts,
  type StoredRoot,
  takenOver,
} from '../model/store.js';
import type { TakenBack, VoidedShard } from '../model/voiding.js';
import { BATCH_COLUMNS, countsOf, lockedIn, recordOf } from './batch-rows.js';
import { chunkId, recordTags } from './chunk-tags.js';
import { findBatch, heldBatch } from './held-batch.js';
import { furtherChunks, hasCreated, holderOf } from './holder-rows.js';
import { type KnownMarks, readMarks, refuseClaims, refuseGone } from './ledger-marks.js';
import { sensibly } from './row-columns.js';
import { faultsIn } from './row-faults.js';
import { writeRoot } from './schema.js';
import { acceptServer } from './server-marks.js';
import { beginArrival, confirmRows, dropRows, markRows, placeSpan, revealArrival } from './sql-copying.js';
import { ARRIVING, readSnapshot } from './sql-snapshot.js';
import type { SqlEngine, SqlTransaction } from './sql-transaction.js';
import type { SqlValue } from './sql-value.js';
import { voidRows } from './voiding-rows.js';

/** Of batches that somebody may see. */
const VISIBLE = `state <> '${ARRIVING}'`;

/** A ledger's batches and tags in a database, in SQL that engines have in common. */
export class SqlStore implements CopiedStore {
  readonly engine: string;
  readonly name: string;
  readonly version: number;
  header: LedgerHeader;
  readonly #database: SqlEngine;

  constructor(database: SqlEngine, header: LedgerHeader, version: number) {
    this.engine = database.dialect;
    this.name = database.name;
    this.version = version;
    this.header = header;
    this.#database = database;
  }

  claim(batch: ClaimedBatch, goesOn: boolean): Promise<FoundBatch> {
    return this.#transaction('write', async (transaction) => {
      const { id, shard, kind, mask, count, parameters, by, comment, at, token, adoptedAt } = batch;
      const isKept = kind === 'import' || adoptedAt !== null;
      await refuseClaims(transaction, this.#written(this.#database.lock.share), isKept);
      await transaction.run(
        `INSERT INTO keywright_batches (id, shard, kind, state, mask, count, parameters, issued_by, comment, at, claimed_at,
        attempt, drawn, token, adopted_at) VALUES (?, ?, ?, 'reserving', ?, ?, ?, ?, ?, ?, ?, 1, 1, ?, ?) ON CONFLICT (id, shard) DO NOTHING`,
        [
          ...[id, shard, kind, mask, count, parameters, by, comment, at.getTime(), at.getTime(), token],
          adoptedAt?.getTime() ?? null,
        ],
      );
      const row = await findBatch(transaction, batch, this.#database.lock.update);
      if (row === undefined) throw lostClaim(id, shard);
      const { number, found } = row;
      if (found.token === token) return found;
      if (!isSameCommand(found, batch)) throw batchMismatch(id, shard);
      const complete = 'UPDATE keywright_batches SET parameters = ? WHERE number = ?';
      if (found.parameters.length === 0) await transaction.run(complete, [parameters, number]);
      if (found.state === 'done') return found;
      const claimed = takenOver(found, batch, goesOn);
      const changed = await transaction.run(
        `UPDATE keywright_batches SET attempt = ?, drawn = ?, token = ?, issued_by = ?, comment = ?, claimed_at = ?,
        adopted_at = ? WHERE number = ? AND attempt = ?`,
        [
          ...[claimed.attempt, claimed.drawn, token, claimed.by, claimed.comment, at.getTime()],
          ...[claimed.adoptedAt?.getTime() ?? null, number, found.attempt],
        ],
      );
      if (changed !== 1) throw lostClaim(id, shard);
      return claimed;
    });
  }

  reserve(
    claim: HeldClaim,
    chunk: ChunkName,
    issued: KeyTags,
    created: KeyTags | undefined,
  ): Promise<Uint32Array | undefined> {
    return this.#transaction('write', async (transaction) => {
      // Who creates keys excludes who generates some, for one must see what the other commits.
      const { share, update } = this.#database.lock;
      const mode = claim.kind === 'bulk-create' ? update : share;
      const marks = await refuseGone(transaction, this.#written(mode));
      const { number } = await this.#held(transaction, marks, claim, ['reserving']);
      const needed = claim.kind === 'generate' && (await hasCreated(transaction));
      if (needed && created === undefined) return undefined;
      const id = await chunkId(transaction, number, chunk);
      return recordTags(transaction, id, issued, needed ? created : undefined);
    });
  }

  prepare(claim: HeldClaim, locked: Uint8Array): Promise<void> {
    return this.#write(async (transaction, marks) => {
      const { number, found } = await this.#held(transaction, marks, claim, ['reserving', 'prepared']);
      // A later attempt only publishes.
      if (found.state === 'prepared' && found.drawn !== claim.attempt) throw lostClaim(claim.id, claim.shard);
      const update = "UPDATE keywright_batches SET state = 'prepared', locked = ? WHERE number = ?";
      await transaction.run(update, [locked, number]);
    });
  }

  done(claim: HeldClaim, at: Date): Promise<void> {
    return this.#write(async (transaction, marks) => {
      const { number, found } = await this.#held(transaction, marks, claim, ['prepared', 'done']);
      if (found.state === 'done') return;
      await transaction.run("UPDATE keywright_batches SET state = 'done', done_at = ? WHERE number = ?", [
        at.getTime(),
        number,
      ]);
    });
  }

  setVoid(
    id: string,
    shard: string | undefined,
    taken: TakenBack | null,
    now: Date,
    token: string,
  ): Promise<readonly VoidedShard[]> {
    return this.#write(async (transaction) => {
      const rows = await transaction.all(
        `SELECT * FROM keywright_batches WHERE ${VISIBLE} AND id = ?${shard === undefined ? '' : ' AND shard = ?'}
        ORDER BY number${this.#database.lock.update}`,
        shard === undefined ? [id] : [id, shard],
      );
      if (rows.length === 0) throw unknownBatch(this.name, id, shard);
      return voidRows(transaction, rows, { taken, now, token });
    });
  }

  holders(tags: KeyTags): Promise<readonly (Holder | null)[]> {
    return this.#transaction('read', async (transaction) => {
      const { places, chunks } = await transaction.held(tags);
      const further = await furtherChunks(transaction, tags);
      const known = new Map<number, Holder | null>();
      for (const chunk of new Set([...chunks, ...[...further.values()].flat()]))
        known.set(chunk, await holderOf(transaction, chunk));
      const holders = new Array<Holder | null>(tags.count).fill(null);
      for (const [at, place] of places.entries()) {
        const all = [chunks[at] ?? 0, ...(further.get(place) ?? [])].map((chunk) => known.get(chunk) ?? null);
        const [first = null, ...also] = all.filter((holder) => holder !== null);
        holders[place] = first === null || also.length === 0 ? first : { ...first, also };
      }
      return holders;
    });
  }

  batches(): Promise<readonly BatchRecord[]> {
    return this.#transaction('read', async (transaction) => {
      const rows = await transaction.all(
        `SELECT ${BATCH_COLUMNS.replace(/\w+/g, 'b.$&')},
        COALESCE(SUM(CASE WHEN c.attempt IN (0, b.drawn) THEN c.recorded ELSE 0 END), 0) AS recorded,
        COALESCE(SUM(CASE WHEN c.attempt IN (0, b.drawn) THEN 0 ELSE c.recorded END), 0) AS wasted
        FROM keywright_batches b LEFT JOIN keywright_chunks c ON c.batch = b.number AND c.arriving IS NULL
        WHERE b.${VISIBLE} GROUP BY b.number ORDER BY b.number`,
        [],
      );
      return rows.map(recordOf);
    });
  }

  async counts(): Promise<StoreCounts> {
    return countsOf(await this.batches());
  }

  replaceRoot(from: StoredRoot, to: StoredRoot, at: Date): Promise<boolean> {
    return this.#transaction('write', async (transaction) => {
      for (const statement of this.#database.erasing) await transaction.all(statement, []);
      return writeRoot(transaction, from, to, at);
    });
  }

  lockedBatches(after: number, most: number): Promise<readonly LockedBatch[]> {
    return this.#locked('ORDER BY number LIMIT ? OFFSET ?', [most, after]);
  }

  async lockedBatch(id: string, shard: string): Promise<LockedBatch | undefined> {
    return (await this.#locked('AND id = ? AND shard = ?', [id, shard]))[0];
  }

  integrity(): Promise<readonly string[]> {
    return this.#database.integrity();
  }

  async verify(): Promise<readonly string[]> {
    const broken = await this.integrity();
    return broken.length > 0 ? broken : this.#transaction('read', faultsIn);
  }

  whereabouts(): Promise<string> {
    return this.#database.whereabouts();
  }

  snapshot<T>(work: (snapshot: LedgerSnapshot) => Promise<T>): Promise<T> {
    return this.#transaction('read', async (transaction) => work(await readSnapshot(transaction)));
  }

  async begin(arrival: Arrival): Promise<Arrived> {
    const arrived = await this.#transaction('write', (transaction) =>
      beginArrival(transaction, this.name, arrival, this.header),
    );
    if (arrival.header !== undefined) this.header = arrival.header;
    return arrived;
  }

  place(span: TagSpan, doubles: readonly DoubleTag[]): Promise<PlacesTaken> {
    const written = this.#written(this.#database.lock.share);
    return this.#transaction('write', (transaction) => placeSpan(transaction, written, span, doubles));
  }

  reveal(reveal: Reveal): Promise<void> {
    return this.#transaction('write', (transaction) => revealArrival(transaction, this.name, reveal));
  }

  async dropArrival(before?: LedgerHeader): Promise<boolean> {
    const written = this.#written(this.#database.lock.update);
    const dropped = await this.#transaction('write', (transaction) =>
      dropRows(transaction, written, before && { header: before, opened: this.header }),
    );
    this.header = before ?? this.header;
    return dropped;
  }

  markMoved(seen: LedgerSnapshot, to: string, at: Date): Promise<boolean> {
    const { update } = this.#database.lock;
    return this.#transaction('write', (transaction) => markRows(transaction, seen, to, at, update));
  }

  confirmRestored(): Promise<boolean> {
    return this.#transaction('write', confirmRows);
  }

  acceptFailover(): Promise<boolean> {
    return this.#transaction('write', async (transaction) => {
      const { server } = await readMarks(transaction, this.#database.lock.update);
      return acceptServer(transaction, this.name, server);
    });
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  #written(lock: string) {
    return { name: this.name, id: this.header.id, lock };
  }

  #locked(which: string, values: readonly SqlValue[]): Promise<readonly LockedBatch[]> {
    const select = `SELECT id, shard, state, drawn, locked FROM keywright_batches WHERE ${VISIBLE} ${which}`;
    return this.#transaction('read', async (transaction) => {
      return (await transaction.all(select, values)).map(lockedIn);
    });
  }

  #transaction<T>(mode: 'read' | 'write', work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    return sensibly(this.name, () => this.#database.transaction(mode, work));
  }

  /** In a ledger that is still this one. */
  #write<T>(work: (transaction: SqlTransaction, marks: KnownMarks) => Promise<T>): Promise<T> {
    return this.#transaction('write', async (transaction) => {
      const marks = await refuseGone(transaction, this.#written(this.#database.lock.share));
      return work(transaction, marks);
    });
  }

  #held(
    transaction: SqlTransaction,
    { server }: KnownMarks,
    claim: HeldClaim,
    states: readonly BatchState[],
  ) {
    const ledger = { name: this.name, lock: this.#database.lock.update, server };
    return heldBatch(transaction, ledger, claim, states);
  }
}
