import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { canonicalForm } from '../../../src/core/format/canonical.js';
import { auditFiles, dedupeFiles } from '../../../src/node/dedupe/dedupe-files.js';
import { csvRows } from '../../../src/node/rows/csv.js';
import { guardedCell } from '../../../src/node/rows/csv-guard.js';
import { saidOf } from '../../failure.js';
import { newFolder } from '../../new-folder.js';
import { vectorsFolder } from '../../vectors/vector-files.js';
import { chunksOf } from '../rows/row-list.js';
import { parseKeyList } from './key-list.js';

let folder = '';
beforeEach(() => {
  folder = newFolder();
  mkdirSync(join(folder, 'tmp'));
});

const left = () => readdirSync(folder, { recursive: true }).toSorted();
const NO_KEY = /[^\x20-\x7e]/;

/** Which keys are the first of their canonical form, and which are none: the textbook. */
function textbook(keys: readonly string[]) {
  const forms = keys.map((key) => canonicalForm(key) || key);
  const seen = new Set<string>();
  const isFirst = forms.map((form) => seen.size < seen.add(form).size);
  return {
    kept: keys.filter((_, i) => isFirst[i]),
    invalid: forms.filter((form) => NO_KEY.test(form)).length,
  };
}

const hostile = vectorsFolder('hostile-input');

describe.skipIf(hostile === undefined)(
  'hostile input (written for this project), deduplicated and audited',
  () => {
    const names =
      hostile === undefined ? [] : readdirSync(hostile).filter((name) => !/^(manifest|README)/.test(name));

    it('is 32 files', () => expect(names).toHaveLength(32));

    it.each(names)('%s', async (name) => {
      const path = join(hostile ?? '', name);
      const out = join(folder, 'out');
      const options = { out, report: join(folder, 'report.csv'), tmpDir: join(folder, 'tmp') };
      const parsing = parseKeyList(path);
      const failure = await saidOf(parsing);
      const keys = failure === 'nothing failed' ? (await parsing).keys : [];
      if (keys.length === 0) {
        const wanted = failure === 'nothing failed' ? /^no_keys: .* holds no keys/ : /^damaged_file: /;
        const refusal = await saidOf(dedupeFiles([path], options));
        expect(refusal).toMatch(wanted);
        if (failure !== 'nothing failed') expect(refusal).toBe(failure);
        expect(await saidOf(auditFiles([path], { report: options.report }))).toBe(refusal);
        expect(left()).toEqual(['tmp']);
        return;
      }
      const { kept, invalid } = textbook(keys);
      const audited = await auditFiles([path], { tmpDir: options.tmpDir });
      const counts = { read: keys.length, duplicates: keys.length - kept.length, invalid };
      expect(audited).toMatchObject({ ...counts, files: [{ path, ...counts }] });
      const result = await dedupeFiles([path], { ...options, as: 'text', invalid: 'keep' });
      expect(result).toMatchObject({ ...counts, kept: kept.length });
      expect(readFileSync(out, 'utf8')).toBe(kept.map((key) => `${key}\n`).join(''));
      expect(left()).toEqual(['out', 'report.csv', 'tmp']);
    });
  },
);

const spectrum = vectorsFolder('csv/csv-spectrum');

describe.skipIf(spectrum === undefined)(
  'csv-spectrum (max-mapper/csv-spectrum d30e80f), deduplicated',
  () => {
    const at = join(spectrum ?? '', 'csvs');

    it.each(spectrum === undefined ? [] : readdirSync(at))('%s', async (name) => {
      const path = join(folder, name);
      copyFileSync(join(at, name), path);
      const [header = [], ...rows] = await cellsOf(path);
      const keyAt = header.findIndex((_, i) =>
        rows.every((row) => /^\P{Cc}*[^\p{Cc} ]\P{Cc}*$/u.test(row[i] ?? '')),
      );
      const { kept } = textbook(rows.map((row) => row[keyAt] ?? ''));
      const out = join(folder, 'out.csv');
      const column = header[keyAt];
      // Twice the same list: the second adds nothing, with all columns.
      const result = await dedupeFiles([path, path], { out, column, invalid: 'keep', memory: 2 ** 20 });
      expect(result).toMatchObject({ read: 2 * rows.length, kept: kept.length });
      const wanted = kept.map((key) => rows.find((row) => row[keyAt] === key) ?? []);
      expect(await cellsOf(out)).toEqual([
        header.map(guardedCell),
        ...wanted.map((row) => row.map((cell, i) => (i === keyAt ? cell : guardedCell(cell)))),
      ]);
    });

    async function cellsOf(path: string): Promise<(readonly string[])[]> {
      const all: (readonly string[])[] = [];
      for await (const { rows } of csvRows(chunksOf(readFileSync(path), 1000), path, ',')) all.push(...rows);
      return all;
    }
  },
);
