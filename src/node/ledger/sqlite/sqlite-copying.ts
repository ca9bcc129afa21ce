import { listOf, readShape, wholeNumberShape } from '../../../core/encoding/json-shape.js';
import type { TagSpan } from '../model/copying.js';
import { numberIn, SenselessRow, textIn } from '../sql/row-columns.js';
import { TAG_BYTES } from '../tags/cmac.js';
import type { SqliteDriver } from './sqlite-driver.js';

/** As one value each, for a row each would cost more. What is in no order, or has another length, is found out. */
const AFTER = `SELECT count(*) AS held, coalesce(group_concat(hex(k), ''), '') AS tags, json_group_array(chunk) AS chunks,
  coalesce(sum(length(k) <> ${TAG_BYTES}), 0) AS odd
  FROM (SELECT k, chunk FROM keywright_keys WHERE k > ?1 ORDER BY k LIMIT ?2)`;

/** The decimal digits of a chunk's id in a list of them. */
const DIGITS = 16;

const PLACE = `WITH RECURSIVE listed(i) AS (SELECT 0 WHERE ?2 > 0 UNION ALL SELECT i + 1 FROM listed WHERE i + 1 < ?2)
  INSERT INTO keywright_keys (k, chunk) SELECT substr(?1, i * ${TAG_BYTES} + 1, ${TAG_BYTES}),
  CAST(substr(?3, i * ${DIGITS} + 1, ${DIGITS}) AS INTEGER) FROM listed WHERE true ON CONFLICT DO NOTHING`;

const NUMBERS = listOf(wholeNumberShape);

/** As `SqlTransaction.tagsAfter`. */
export function tagsInFile(driver: SqliteDriver, after: Uint8Array, most: number): TagSpan {
  const [row = {}] = driver.all(AFTER, [after, most]);
  const chunks = readShape(textIn(row, 'chunks', /^/), NUMBERS);
  if (chunks === undefined || numberIn(row, 'odd') > 0) throw new SenselessRow('its keys are no tags');
  return { bytes: Buffer.from(textIn(row, 'tags', /^/), 'hex'), count: numberIn(row, 'held'), chunks };
}

/** Inserts what is new; returns how many that were. */
export function placeInFile(driver: SqliteDriver, { bytes, count, chunks }: TagSpan): number {
  const digits = Buffer.allocUnsafe(count * DIGITS);
  const known = new Map<number, Buffer>();
  for (const [at, chunk] of chunks.entries()) {
    let text = known.get(chunk);
    if (text === undefined) {
      text = Buffer.from(String(chunk).padStart(DIGITS, '0'));
      known.set(chunk, text);
    }
    digits.set(text, at * DIGITS);
  }
  return driver.run(PLACE, [bytes, count, digits]);
}
