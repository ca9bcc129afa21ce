import type { CodeList, HeldCodes, SqlTransaction } from '../sql/sql-transaction.js';
import { type PostgresConnection, PostgresFailure } from './postgres-driver.js';
import { binaryRows, uuidArray } from './postgres-tags.js';

type Copy = NonNullable<PostgresConnection['copy']>;

/** Codes of one statement with an array. */
const SLICE = 20_000;
const UNIQUE_VIOLATION = '23505';

/** Places and chunks as two texts, for a row each would cost more. */
const HELD =
  "coalesce(string_agg(i::text, ','), '') AS places, coalesce(string_agg(chunk::text, ','), '') AS chunks";

/** One look-up for each code, however large the ledger is: a plain join may read all of it. */
const LOOKED_UP =
  'CROSS JOIN LATERAL (SELECT chunk FROM keywright_keys WHERE keywright_keys.k = codes.k LIMIT 1) AS found';

/**
 * Inserts by binary COPY: straight into the ledger, which takes a third of the time; by way of a temporary table
 * where that meets a code which is there already.
 */
export function copyInsert(connection: PostgresConnection, copy: Copy): SqlTransaction['insert'] {
  return async (codes, chunk) => {
    if (codes.count === 0 || (await copyStraight(connection, copy, codes, chunk))) return [];
    return copyAside(connection, copy, codes, chunk);
  };
}

/** Inserts arrays through `unnest`: nothing that an engine that speaks PostgreSQL's protocol might lack. */
export function portableInsert(connection: PostgresConnection): SqlTransaction['insert'] {
  return async (codes, chunk) => {
    for (let first = 0; first < codes.count; first += SLICE) {
      await connection.query(
        `INSERT INTO keywright_keys (k, chunk) SELECT k, $2 FROM unnest($1::uuid[]) AS codes (k) ORDER BY k
        ON CONFLICT DO NOTHING`,
        [uuidArray(codes, first, first + SLICE), chunk],
      );
    }
    return (await heldCodes(connection, codes, chunk)).places;
  };
}

/** The codes that carry another chunk than `but`; also on a server that only reads. */
export async function heldCodes(
  connection: PostgresConnection,
  codes: CodeList,
  but: number,
): Promise<HeldCodes> {
  const places: number[] = [];
  const chunks: number[] = [];
  for (let first = 0; first < codes.count; first += SLICE) {
    const { rows } = await connection.query(
      `SELECT ${HELD} FROM unnest($1::uuid[]) WITH ORDINALITY AS codes (k, i) ${LOOKED_UP} WHERE chunk <> $2`,
      [uuidArray(codes, first, first + SLICE), but],
    );
    const found = heldIn(rows[0]);
    for (const place of found.places) places.push(first + place - 1);
    for (const chunk of found.chunks) chunks.push(chunk);
  }
  return { places, chunks };
}

/**
 * All codes or none, in the order they come in, which is ascending: chunks that meet wait for each other, and never
 * in a circle. False: the ledger holds one, or gets it meanwhile.
 */
async function copyStraight(
  connection: PostgresConnection,
  copy: Copy,
  codes: CodeList,
  chunk: number,
): Promise<boolean> {
  await connection.query('SAVEPOINT keywright_straight', []);
  try {
    await copy('COPY keywright_keys (k, chunk) FROM STDIN (FORMAT binary)', binaryRows(codes, chunk));
    return true;
  } catch (error) {
    if (!(error instanceof PostgresFailure) || error.code !== UNIQUE_VIOLATION) throw error;
    await connection.query('ROLLBACK TO SAVEPOINT keywright_straight', []);
    return false;
  }
}

async function copyAside(
  connection: PostgresConnection,
  copy: Copy,
  codes: CodeList,
  chunk: number,
): Promise<readonly number[]> {
  await connection.query('CREATE TEMPORARY TABLE keywright_codes (k UUID, i BIGINT) ON COMMIT DROP', []);
  await copy('COPY pg_temp.keywright_codes (k, i) FROM STDIN (FORMAT binary)', binaryRows(codes));
  await connection.query(
    `INSERT INTO keywright_keys (k, chunk) SELECT k, $1 FROM pg_temp.keywright_codes ORDER BY k
    ON CONFLICT DO NOTHING`,
    [chunk],
  );
  const { rows } = await connection.query(
    `SELECT ${HELD} FROM pg_temp.keywright_codes AS codes ${LOOKED_UP} WHERE chunk <> $1`,
    [chunk],
  );
  await connection.query('DROP TABLE pg_temp.keywright_codes', []);
  return heldIn(rows[0]).places;
}

function heldIn(row: Readonly<Record<string, unknown>> | undefined): HeldCodes {
  const numbers = (column: string) => {
    const text = String(row?.[column] ?? '');
    return text === '' ? [] : text.split(',').map(Number);
  };
  return { places: numbers('places'), chunks: numbers('chunks') };
}
