import { shownPath, shownText } from '../../node/files/file-error.js';
import type { ListReading } from '../../node/lists/kinds/reading.js';
import type { Context } from '../command/command.js';
import { grouped } from '../command/progress.js';

/** A list and how it was read. */
export interface ReadList {
  readonly path: string;
  readonly reading?: ListReading | undefined;
}

/** Which column of each list was taken for the key; nothing of lists of keys alone. */
export function columnLines(lists: readonly ReadList[]): readonly (readonly [name: string, value: string])[] {
  return lists.flatMap(({ path, reading }) => {
    if (reading === undefined || reading.column === null) return [];
    const by = reading.by === 'cells' ? ', by its cells' : '';
    return [['column', `${shownText(reading.column.slice(0, 80))} of ${shownPath(path)}${by}`]];
  });
}

/** Tells what is odd about lists: rows without key, short rows, a choice that later rows contradict. */
export function tellReadings(lists: readonly ReadList[], context: Context): void {
  for (const { path, reading } of lists) {
    if (reading === undefined) continue;
    const name = shownPath(path);
    const none = Object.entries(reading.withoutKey);
    const rows = none.reduce((sum, [, count]) => sum + count, 0);
    if (rows > 0) {
      const said = none
        .map(([cell, count]) => `${grouped(count)} ${cell === '' ? 'empty' : shownText(cell)}`)
        .join(', ');
      context.say(`${name}: ${grouped(rows)} ${rows === 1 ? 'row' : 'rows'} without key (${said})`);
    }
    if (reading.padded > 0) {
      context.say(
        `${name}: ${grouped(reading.padded)} short ${reading.padded === 1 ? 'row' : 'rows'}, filled up with empty cells`,
      );
    }
    if (reading.emptyNames > 0) {
      const delimiters =
        reading.emptyNames === 1 ? 'a delimiter' : `${grouped(reading.emptyNames)} delimiters`;
      context.say(`${name}: the heading ends in ${delimiters} more than the rows: left out`);
    }
    if (reading.otherSheets.length > 0) {
      const sheets = reading.otherSheets.map((each) => `"${shownText(each.slice(0, 40))}"`).join(', ');
      context.say(
        `warning: ${name}: ${sheets} may hold keys as well, and only the first sheet was read (--sheet)`,
      );
    }
    if (reading.contradicted) {
      const column = shownText((reading.column ?? '').slice(0, 80));
      context.say(
        `warning: ${name}: most keys further down look unlike the first ones: check that ${column} is the right column`,
      );
    }
  }
}

/** Tells which of the lists are manifests. */
export function tellManifests(paths: readonly string[], context: Context): void {
  for (const path of paths) context.say(`${shownPath(path)} is a manifest and holds no keys: skipped`);
}
