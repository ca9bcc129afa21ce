import { isJsonObject } from '../../core/encoding/json-text.js';
import { KeywrightError } from '../../core/errors.js';
import { damagedFile } from '../files/file-error.js';
import { readTextFile } from '../files/text-file.js';
import { answeredJson, entriesOf, jsonMembers } from './server/reply.js';

/** What sending needs of the manifest beside the requests. */
export interface SendManifest {
  /** Requests a second that are advised; undefined without a manifest. */
  readonly perSecond: number | undefined;
  /** Where the requests were prepared for, if not for the vendor's own server. */
  readonly baseUrl: string | undefined;
}

/**
 * Reads the manifest that `prepare` wrote beside the requests, if it is there.
 *
 * @throws {KeywrightError} `damaged_file`: no manifest, or one of other requests: they were changed since.
 */
export async function readSendManifest(path: string, sha256: string): Promise<SendManifest> {
  const place = `${path}.manifest.json`;
  const text = await readTextFile(place).catch((error: unknown) => {
    if (error instanceof KeywrightError && error.code === 'missing_file') return undefined;
    throw error;
  });
  if (text === undefined) return { perSecond: undefined, baseUrl: undefined };
  const json = answeredJson(text);
  if (json === undefined || !isJsonObject(json)) throw damagedFile(place, 'is no manifest: prepare again');
  const files = entriesOf(json['files']) ?? [];
  if (!files.some((each) => jsonMembers(each)['sha256'] === sha256))
    throw damagedFile(path, 'was changed since it was prepared: prepare again');
  const advised = jsonMembers(json['pace'])['advised'];
  const baseUrl = json['baseUrl'];
  return {
    perSecond: typeof advised === 'number' && advised > 0 ? advised : undefined,
    baseUrl: typeof baseUrl === 'string' ? baseUrl : undefined,
  };
}
