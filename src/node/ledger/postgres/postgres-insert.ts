import { SenselessRow } from '../sql/row-columns.js';
import { type HeldTags, proven, type SqlTransaction, type TagList } from '../sql/sql-transaction.js';
import type { SqlRow } from '../sql/sql-value.js';
import { PostgresFailure, type PostgresQueries } from './postgres-driver.js';
import { binaryRows, uuidArray } from './postgres-tags.js';

type Copy = NonNullable<PostgresQueries['copy']>;

/** Tags of one statement with an array. */
export const SLICE = 20_000;
const UNIQUE_VIOLATION = '23505';

/** Places and chunks as two texts, for a row each would cost more; and how many there are of the chunk itself. */
const heldBut = (
  chunk: '$1' | '$2',
) => `coalesce(string_agg(i::text, ',') FILTER (WHERE chunk <> ${chunk}), '') AS places,
  coalesce(string_agg(chunk::text, ',') FILTER (WHERE chunk <> ${chunk}), '') AS chunks,
  count(*) FILTER (WHERE chunk = ${chunk}) AS own`;

/** One look-up for each tag, however large the ledger is: a plain join may read all of it. */
const LOOKED_UP =
  'CROSS JOIN LATERAL (SELECT chunk FROM keywright_keys WHERE keywright_keys.k = tags.k LIMIT 1) AS found';

/**
 * Inserts by binary COPY: straight into the ledger, which takes a third of the time; by way of a temporary table
 * where that meets a tag which is there already.
 */
export function copyInsert(connection: PostgresQueries, copy: Copy): SqlTransaction['insert'] {
  return async (tags, chunk) => {
    if (tags.count === 0 || (await copyStraight(connection, copy, tags, chunk))) return [];
    return copyAside(connection, copy, tags, chunk);
  };
}

/** Inserts arrays through `unnest`: nothing that an engine that speaks PostgreSQL's protocol might lack. */
export function portableInsert(connection: PostgresQueries): SqlTransaction['insert'] {
  return async (tags, chunk) => {
    for (let first = 0; first < tags.count; first += SLICE) {
      await connection.query(
        `INSERT INTO keywright_keys (k, chunk) SELECT k, $2 FROM unnest($1::uuid[]) AS tags (k) ORDER BY k
        ON CONFLICT DO NOTHING`,
        [uuidArray(tags, first, first + SLICE), chunk],
      );
    }
    return proven(tags, await heldTags(connection, tags, chunk));
  };
}

/** The tags that carry another chunk than `but`; also on a server that only reads. */
export async function heldTags(connection: PostgresQueries, tags: TagList, but: number): Promise<HeldTags> {
  const places: number[] = [];
  const chunks: number[] = [];
  let own = 0;
  for (let first = 0; first < tags.count; first += SLICE) {
    const { rows } = await connection.query(
      `SELECT ${heldBut('$2')} FROM unnest($1::uuid[]) WITH ORDINALITY AS tags (k, i) ${LOOKED_UP}`,
      [uuidArray(tags, first, first + SLICE), but],
    );
    const found = heldIn(rows[0]);
    for (const place of found.places) places.push(first + place - 1);
    for (const chunk of found.chunks) chunks.push(chunk);
    own += found.own;
  }
  return { places, chunks, own };
}

/**
 * All tags or none, in the order they come in, which is ascending: chunks that meet wait for each other, and never
 * in a circle. False: the ledger holds one, or gets it meanwhile.
 */
export async function copyStraight(
  connection: PostgresQueries,
  copy: Copy,
  tags: TagList,
  chunk: number | readonly number[],
): Promise<boolean> {
  await connection.query('SAVEPOINT keywright_straight', []);
  try {
    const copied = await copy(
      'COPY keywright_keys (k, chunk) FROM STDIN (FORMAT binary)',
      binaryRows(tags, chunk),
    );
    if (copied !== tags.count) throw new SenselessRow('it kept fewer keys than were written');
    return true;
  } catch (error) {
    if (!(error instanceof PostgresFailure) || error.code !== UNIQUE_VIOLATION) throw error;
    await connection.query('ROLLBACK TO SAVEPOINT keywright_straight', []);
    return false;
  }
}

async function copyAside(
  connection: PostgresQueries,
  copy: Copy,
  tags: TagList,
  chunk: number,
): Promise<readonly number[]> {
  await connection.query('CREATE TEMPORARY TABLE keywright_tags (k UUID, i BIGINT) ON COMMIT DROP', []);
  await copy('COPY pg_temp.keywright_tags (k, i) FROM STDIN (FORMAT binary)', binaryRows(tags));
  await connection.query(
    `INSERT INTO keywright_keys (k, chunk) SELECT k, $1 FROM pg_temp.keywright_tags ORDER BY k
    ON CONFLICT DO NOTHING`,
    [chunk],
  );
  const { rows } = await connection.query(
    `SELECT ${heldBut('$1')} FROM pg_temp.keywright_tags AS tags ${LOOKED_UP}`,
    [chunk],
  );
  await connection.query('DROP TABLE pg_temp.keywright_tags', []);
  return proven(tags, heldIn(rows[0]));
}

function heldIn(row: SqlRow = {}): HeldTags {
  const numbers = (column: string) => {
    const text = row[column];
    if (typeof text !== 'string') throw new SenselessRow(`the ${column} of keys make no sense`);
    return text === '' ? [] : text.split(',').map(Number);
  };
  return { places: numbers('places'), chunks: numbers('chunks'), own: Number(row['own']) };
}
