import type { KeyFindings } from './key-findings.js';
import { type KeyList, keyCells, type ListChoice } from './key-list.js';
import { UnreadableList } from './list-text.js';

/** A list, and how it is read. */
export interface ChosenList {
  readonly list: KeyList;
  readonly choice: ListChoice;
}

/** Milliseconds of work between two moments for the page. */
const SLICE = 12;
const ROWS = 256;

/**
 * Reads all lists into the findings, in slices between which the page lives. False when it was stopped.
 *
 * @throws {UnreadableList} with the name of the list.
 */
export async function checkLists(
  lists: readonly ChosenList[],
  findings: KeyFindings,
  told: (share: number) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const length = lists.reduce((sum, { list }) => sum + list.text.length, 0);
  let [before, rows, began] = [0, 0, performance.now()];
  for (const [index, { list, choice }] of lists.entries()) {
    try {
      for (const { line, cell, problem, end } of keyCells(list, choice)) {
        findings.add(cell, { list: index, line }, problem);
        if (++rows % ROWS > 0 || performance.now() - began < SLICE) continue;
        if (findings.isFull)
          throw new UnreadableList('makes more keys than this page compares: use keywright dedupe');
        told((before + end) / length);
        await new Promise((resolve) => setTimeout(resolve));
        if (signal.aborted) return false;
        began = performance.now();
      }
    } catch (error) {
      if (!(error instanceof UnreadableList)) throw error;
      throw new UnreadableList(`${list.name} ${error.message}`, { cause: error });
    }
    before += list.text.length;
  }
  return true;
}
