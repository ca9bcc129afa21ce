import { isKeywrightError } from 'keywright';
import { type ColumnEvidence, judgeCells } from '../../../dist/node/lists/columns/column-evidence.js';
import { judgeFirstLine, judgeFirstRow } from '../../../dist/node/lists/columns/heading.js';
import { chooseColumn } from '../../../dist/node/lists/columns/key-column.js';
import type { KeyColumn, KeyList } from './key-list.js';

/** What is plain of a list by its first rows, as `keywright dedupe` judges them; undefined where it would ask. */
export interface Evident {
  readonly column: number | undefined;
  readonly firstRow: 'heading' | 'row' | undefined;
}

export function evidentColumn({ isJson, name: path }: KeyList, columns: readonly KeyColumn[]): Evident {
  const [single] = columns;
  const names = columns.map(({ name }) => name);
  const below = columns.map(({ cells }) => judgeCells(cells, undefined));
  if (isJson) return { column: chosen(path, names, below), firstRow: undefined };
  const judged =
    columns.length === 1 && single !== undefined
      ? judgeFirstLine(single.name, single.cells)
      : judgeFirstRow(names, below);
  if (judged === 'doubt') return { column: columns.length === 1 ? 0 : undefined, firstRow: undefined };
  const whole = columns.map(({ name, cells }) => judgeCells([name, ...cells], undefined));
  const column = judged === 'heading' ? chosen(path, names, below) : chosen(path, undefined, whole);
  return { column, firstRow: judged };
}

function chosen(
  path: string,
  names: readonly string[] | undefined,
  evidence: readonly ColumnEvidence[],
): number | undefined {
  if (evidence.length === 0) return undefined;
  try {
    const { at } = chooseColumn({ path, names, evidence });
    // Of members below others the command asks which is meant.
    return names?.[at]?.includes('.') === true && evidence.length > 1 ? undefined : at;
  } catch (error) {
    if (isKeywrightError(error, 'unclear_list')) return undefined;
    throw error;
  }
}
