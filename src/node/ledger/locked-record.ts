import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  listOf,
  objectOf,
  readShape,
  refined,
  textShape,
  wholeNumberShape,
} from '../../core/encoding/json-shape.js';
import type { Prepared } from './model/prepared.js';

const NONCE = 12;
const GCM_TAG = 16;

/** What a record belongs to. Under another name it does not open. */
export interface RecordName {
  /** The ledger's id. */
  readonly ledger: string;
  /** The batch's. */
  readonly id: string;
  /** As `2/8`. */
  readonly shard: string;
  /** The attempt that drew the keys. */
  readonly attempt: number;
}

/**
 * Locks what a batch published with AES-256-GCM under `key`, bound to its name. It is locked because the hash of a file of
 * one key would tell a guessed key from a wrong one.
 */
export function lockRecord(key: Uint8Array, name: RecordName, prepared: Prepared): Uint8Array {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(name));
  const { files, report } = prepared;
  const record = JSON.stringify({ files, report });
  return Buffer.concat([nonce, cipher.update(record, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** What {@link lockRecord} locked; undefined where it was changed, moved from another batch, or makes no sense. */
export function openRecord(key: Uint8Array, name: RecordName, locked: Uint8Array): Prepared | undefined {
  if (locked.length < NONCE + GCM_TAG) return undefined;
  const options = { authTagLength: GCM_TAG };
  const decipher = createDecipheriv('aes-256-gcm', key, locked.subarray(0, NONCE), options);
  decipher.setAAD(boundTo(name)).setAuthTag(locked.subarray(-GCM_TAG));
  try {
    const opened = [decipher.update(locked.subarray(NONCE, -GCM_TAG)), decipher.final()];
    return readShape(Buffer.concat(opened).toString('utf8'), PREPARED);
  } catch {
    return undefined;
  }
}

/** None of the parts has a line feed in it. */
function boundTo({ ledger, id, shard, attempt }: RecordName): Uint8Array {
  return Buffer.from(`keywright/ledger-record/v1\n${ledger}\n${id}\n${shard}\n${attempt}\n`);
}

const PREPARED = objectOf<Prepared>({
  files: listOf(
    objectOf({
      temporary: textShape,
      path: textShape,
      bytes: wholeNumberShape,
      sha256: refined(textShape, (hex) => /^[0-9a-f]{64}$/.test(hex)),
    }),
  ),
  report: textShape,
});
