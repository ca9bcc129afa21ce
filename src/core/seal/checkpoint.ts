import { decodeBase64, encodeBase64 } from '../encoding/base64.js';
import { HASH_LENGTH } from './merkle.js';

/** What a seal says of a batch, as C2SP tlog-checkpoint has it: how many rows it has, and the root of the tree over them. */
export interface Checkpoint {
  /** The name of the batch, and of the keys that sign it: `SELLER/keywright/seal/v1/BATCH`. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** Printable ASCII without blanks and `+`; what begins with `keywright/` is another artefact. */
const ORIGIN = /^(?!keywright\/)[!-*,-~]+\/keywright\/seal\/v1\/[!-*,-~]+$/;
/** A whole number without leading zeros. */
const DIGITS = /^(?:0|[1-9]\d{0,15})$/;

/** Whether a seal may be called so. */
export function isSealOrigin(origin: unknown): origin is string {
  return typeof origin === 'string' && origin.length <= 255 && ORIGIN.test(origin);
}

/** The number that `text` spells as a place in a tree: from 0, below 2⁵³, in one way only; else undefined. */
export function parsePlace(text: string): number | undefined {
  const place = DIGITS.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(place) ? place : undefined;
}

/** Reads the text of a note as a checkpoint; undefined when it is none of a seal. Extension lines are refused. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [origin, digits = '', base64 = '', end, ...more] = text.split('\n');
  const [size, root] = [parsePlace(digits), decodeBase64(base64)];
  if (!isSealOrigin(origin) || size === undefined || size === 0) return undefined;
  if (root?.length !== HASH_LENGTH || end !== '' || more.length > 0) return undefined;
  return { origin, size, root };
}

/** The text that is signed. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${encodeBase64(root)}\n`;
}
