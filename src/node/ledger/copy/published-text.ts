import { openRecord } from '../locked-record.js';
import { damagedLedger } from '../model/ledger-error.js';
import type { DerivedKeys } from '../root-key.js';
import type { PublishedText } from './copy-plan.js';

/** What batches of a ledger published, for comparing: files by their bytes, of a batch without files what it told. */
export function publishedTexts(name: string, { records }: DerivedKeys, ledger: string): PublishedText {
  return ({ id, shard, drawn, locked }) => {
    if (locked === null) return null;
    const prepared = openRecord(records, { ledger, id, shard, attempt: drawn }, locked);
    if (prepared === undefined)
      throw damagedLedger(name, `holds a record of batch ${id} (${shard}) that was changed: restore it`);
    const { files, report } = prepared;
    return files.length === 0 ? report : JSON.stringify(files.map(({ sha256, bytes }) => [sha256, bytes]));
  };
}
