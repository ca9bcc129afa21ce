import type { TagSpan } from '../model/copying.js';
import { bytesIn, numberIn, SenselessRow, textIn } from '../sql/row-columns.js';
import type { PostgresQueries } from './postgres-driver.js';
import { copyStraight, SLICE } from './postgres-insert.js';
import { uuidArray } from './postgres-tags.js';

/** As one value each, for a row each would cost more. What is in no order is found out. */
const AFTER = `SELECT count(*) AS held, coalesce(string_agg(uuid_send(k), ''::bytea), ''::bytea) AS tags,
  coalesce(string_agg(chunk::text, ','), '') AS chunks
  FROM (SELECT k, chunk FROM keywright_keys WHERE $1::text IS NULL OR k > $1::text::uuid ORDER BY k LIMIT $2) AS part`;

/** As `SqlTransaction.tagsAfter`. */
export async function tagsInServer(
  connection: PostgresQueries,
  after: Uint8Array,
  most: number,
): Promise<TagSpan> {
  const { rows } = await connection.query(AFTER, [
    after.length === 0 ? null : Buffer.from(after).toString('hex'),
    most,
  ]);
  const row = rows[0] ?? {};
  const chunks = textIn(row, 'chunks', /^[0-9,]*$/);
  return {
    bytes: bytesIn(row, 'tags'),
    count: numberIn(row, 'held'),
    chunks: chunks === '' ? [] : chunks.split(',').map(Number),
  };
}

/** Inserts what is new, all at once where none is there; returns whether that was so. */
export async function placeInServer(
  connection: PostgresQueries,
  span: TagSpan,
  portable: boolean,
): Promise<boolean> {
  const { copy } = connection;
  if (!portable && copy !== undefined && (await copyStraight(connection, copy, span, span.chunks)))
    return true;
  for (let first = 0; first < span.count; first += SLICE) {
    await connection.query(
      `INSERT INTO keywright_keys (k, chunk) SELECT k, chunk FROM unnest($1::uuid[], $2::bigint[]) AS tags (k, chunk)
      ORDER BY k ON CONFLICT DO NOTHING`,
      [uuidArray(span, first, first + SLICE), `{${span.chunks.slice(first, first + SLICE).join(',')}}`],
    );
  }
  return false;
}

/** Further holders of tags. */
export async function doubleRows(connection: PostgresQueries) {
  const { rows } = await connection.query(
    'SELECT uuid_send(k) AS tag, chunk FROM keywright_doubles ORDER BY number',
    [],
  );
  return rows;
}

export async function addDouble(connection: PostgresQueries, tag: Uint8Array, chunk: number): Promise<void> {
  if (tag.length !== 16) throw new SenselessRow('its keys are no tags');
  await connection.query(
    'INSERT INTO keywright_doubles (k, chunk) VALUES ($1::text::uuid, $2) ON CONFLICT DO NOTHING',
    [Buffer.from(tag).toString('hex'), chunk],
  );
}
