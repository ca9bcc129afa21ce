import { TagSum } from '../tags/tag-sum.js';
import { readMarks } from './ledger-marks.js';
import { bytesIn, numberIn, orNull, textIn } from './row-columns.js';
import { tagsIn } from './sql-snapshot.js';
import type { SqlTransaction } from './sql-transaction.js';

/** What does not fit together in a ledger's tables, a line a fault. */
export async function faultsIn(transaction: SqlTransaction): Promise<readonly string[]> {
  const sums = await sumsIn(transaction);
  const faults: string[] = [];
  if ((await readMarks(transaction)).copying) faults.push('a copy into it was cut off: repeat it');
  const rows = await transaction.all(
    `SELECT c.id, c.number, c.recorded, c.checksum, c.arriving, b.id AS batch FROM keywright_chunks c
    LEFT JOIN keywright_batches b ON b.number = c.batch ORDER BY c.id`,
    [],
  );
  for (const row of rows) {
    const [id, recorded] = [numberIn(row, 'id'), numberIn(row, 'recorded')];
    const sum = sums.get(id) ?? new TagSum();
    sums.delete(id);
    if (row['arriving'] !== null) continue;
    const batch = orNull(row, 'batch', textIn);
    const name = `batch ${batch ?? 'unknown'}, chunk ${numberIn(row, 'number')}`;
    if (batch === null) faults.push(`${name}: its batch is not there`);
    if (sum.count !== recorded)
      faults.push(`${name}: ${recorded} keys were recorded, ${sum.count} are there`);
    else if ((orNull(row, 'checksum', textIn) ?? `${sum}`) !== `${sum}`)
      faults.push(`${name}: its keys are not those that were recorded`);
  }
  for (const [chunk, { count }] of sums)
    faults.push(`${count} keys carry chunk ${chunk}, which is not there`);
  return faults;
}

/** What the tags of each chunk come to. */
async function sumsIn(transaction: SqlTransaction): Promise<Map<number, TagSum>> {
  const sums = new Map<number, TagSum>();
  const add = (chunk: number, tags: Uint8Array, place: number) => {
    const sum = sums.get(chunk) ?? new TagSum();
    sum.add(tags, place);
    sums.set(chunk, sum);
  };
  for await (const { bytes, chunks } of tagsIn(transaction))
    for (const [place, chunk] of chunks.entries()) add(chunk, bytes, place);
  for (const row of await transaction.doubles()) add(numberIn(row, 'chunk'), bytesIn(row, 'tag'), 0);
  return sums;
}
