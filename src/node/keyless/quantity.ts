import { shownCell } from '../lists/columns/key-cell.js';

const MOST = 1_000_000;

/** What is said of a cell that is no quantity. */
export const NO_QUANTITY = 'must be how many keys the row gets, a whole number from 1 to 1,000,000';

/** How many keys a row gets, by its cell; undefined when that says no such number. */
export function quantityIn(cell: string): number | undefined {
  const text = shownCell(cell);
  if (!/^[1-9]\d{0,6}$/.test(text)) return undefined;
  const quantity = Number(text);
  return quantity <= MOST ? quantity : undefined;
}
