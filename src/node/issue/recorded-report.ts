import { readShape, type Shape } from '../../core/encoding/json-shape.js';
import { shownText } from '../files/file-error.js';
import type { Claim, Ledger } from '../ledger/model/ledger.js';
import { damagedLedger } from '../ledger/model/ledger-error.js';

/**
 * What a run of a batch told, and the ledger has kept since.
 *
 * @throws {KeywrightError} `damaged_ledger`: it has not that shape.
 */
export function readReport<T>(
  ledger: Ledger,
  { id, shard }: Pick<Claim, 'id' | 'shard'>,
  report: string,
  shape: Shape<T>,
): T {
  const read = readShape(report, shape);
  if (read !== undefined) return read;
  const problem = `holds a report of batch ${shownText(id)} (${shard}) that makes no sense: restore it from a backup`;
  throw damagedLedger(ledger.name, problem);
}
