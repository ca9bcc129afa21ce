import type { ChunkName, KeyTags } from '../model/store.js';
import { TAG_BYTES } from '../tags/cmac.js';
import { TagSum } from '../tags/tag-sum.js';
import { numberIn } from './row-columns.js';
import type { HeldTags, SqlTransaction, TagList } from './sql-transaction.js';

/** Tags that tell a list of known keys, all or most of whose tags are held, from new ones. */
const SAMPLE = 1000;

/** What is known of a tag: nothing yet, that this chunk has it, that another one has. */
const [NEW, OURS, TAKEN] = [0, 1, 2] as const;

/** The id of a chunk, the same whenever it comes again. */
export async function chunkId(
  transaction: SqlTransaction,
  batch: number,
  { attempt, number }: ChunkName,
): Promise<number> {
  await transaction.run(
    `INSERT INTO keywright_chunks (batch, attempt, number, recorded) VALUES (?, ?, ?, 0)
    ON CONFLICT (batch, attempt, number) DO NOTHING`,
    [batch, attempt, number],
  );
  const [row] = await transaction.all(
    'SELECT id FROM keywright_chunks WHERE batch = ? AND attempt = ? AND number = ?',
    [batch, attempt, number],
  );
  return numberIn(row ?? {}, 'id');
}

/**
 * Records the tags of a chunk but those that another chunk holds, or whose twins in `created` anybody does.
 * Returns the places of these, ascending. The same again gives the same answer.
 */
export async function recordTags(
  transaction: SqlTransaction,
  chunk: number,
  issued: KeyTags,
  created: KeyTags | undefined,
): Promise<Uint32Array> {
  const elsewhere = created === undefined ? undefined : await heldKeys(transaction, created);
  const held = await heldIfSome(transaction, issued);
  const taken =
    held.places.length === 0 && !elsewhere?.size
      ? Uint32Array.from(await transaction.insert(issued, chunk))
      : await insertRest(transaction, chunk, issued, stateOf(issued, chunk, held, elsewhere));
  const sum = new TagSum();
  for (let place = 0; place < issued.count; place++) sum.add(issued.bytes, place);
  for (const place of taken) sum.subtract(issued.bytes, place);
  await transaction.run('UPDATE keywright_chunks SET recorded = ?, checksum = ? WHERE id = ?', [
    ...[sum.count, sum.toString(), chunk],
  ]);
  return taken;
}

/** What is known of each tag, by its place. */
function stateOf(
  { count, order }: KeyTags,
  chunk: number,
  held: HeldTags,
  elsewhere: ReadonlySet<number> | undefined,
): Uint8Array {
  const known = new Uint8Array(count);
  for (const [at, place] of held.places.entries()) known[place] = held.chunks[at] === chunk ? OURS : TAKEN;
  if (elsewhere !== undefined) {
    for (const [place, key] of order.entries()) if (elsewhere.has(key)) known[place] = TAKEN;
  }
  return known;
}

/** Inserts the tags of which nothing is known; returns the places of all that are taken. */
async function insertRest(
  transaction: SqlTransaction,
  chunk: number,
  tags: TagList,
  known: Uint8Array,
): Promise<Uint32Array> {
  const fresh = places(known, NEW);
  for (const at of await transaction.insert(tagsAt(tags, fresh), chunk)) known[fresh[at] ?? 0] = TAKEN;
  return places(known, TAKEN);
}

/** The indexes of the keys that are held. */
async function heldKeys(transaction: SqlTransaction, tags: KeyTags): Promise<ReadonlySet<number>> {
  const held = await transaction.held(tags);
  return new Set(held.places.map((place) => tags.order[place] ?? 0));
}

/**
 * Which tags are held, or none when none of the first {@link SAMPLE} is: then a look at the others would cost more
 * than it saves, for `insert` finds the few that may be held all the same.
 */
async function heldIfSome(transaction: SqlTransaction, { bytes, count }: TagList): Promise<HeldTags> {
  const sample = await transaction.held({ bytes, count: Math.min(SAMPLE, count) });
  if (sample.places.length === 0 || count <= SAMPLE) return sample;
  return transaction.held({ bytes, count });
}

function places(known: Uint8Array, wanted: number): Uint32Array {
  let count = 0;
  for (const state of known) if (state === wanted) count++;
  const found = new Uint32Array(count);
  for (let place = 0, at = 0; at < count; place++) if (known[place] === wanted) found[at++] = place;
  return found;
}

/** The tags at some places, which ascend. */
function tagsAt({ bytes, count }: TagList, chosen: Uint32Array): TagList {
  if (chosen.length === count) return { bytes, count };
  const kept = new Uint8Array(chosen.length * TAG_BYTES);
  for (const [to, from] of chosen.entries()) {
    for (let index = 0; index < TAG_BYTES; index++) {
      kept[to * TAG_BYTES + index] = bytes[from * TAG_BYTES + index] ?? 0;
    }
  }
  return { bytes: kept, count: chosen.length };
}
