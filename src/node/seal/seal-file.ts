import { type NoteSignature, parseNote } from '../../core/note/note.js';
import { type Checkpoint, parseCheckpoint } from '../../core/seal/checkpoint.js';
import { damagedFile } from '../files/file-error.js';
import { readTextFile, type TextFileOptions } from '../files/text-file.js';

/** What a file of a seal holds. */
export interface SealFile {
  /** All of it. */
  readonly text: string;
  readonly checkpoint: Checkpoint;
  /** None before it is signed. */
  readonly signatures: readonly NoteSignature[];
}

/**
 * Reads the file of a seal, signed or not. Nothing is verified.
 *
 * @throws {KeywrightError} as `readTextFile`; `damaged_file` for what is no seal.
 */
export async function readSealFile(path: string, options: TextFileOptions = {}): Promise<SealFile> {
  const text = await readTextFile(path, options);
  const seal = parseSealFile(text);
  if (seal === undefined) throw damagedFile(path, 'is no seal of a batch: name what "seal create" wrote');
  return seal;
}

/** The seal that a text holds; undefined where it holds none. */
export function parseSealFile(text: string): SealFile | undefined {
  const note = parseNote(text);
  const checkpoint = parseCheckpoint(note?.text ?? text);
  if (checkpoint === undefined) return undefined;
  return { text, checkpoint, signatures: note?.signatures ?? [] };
}
