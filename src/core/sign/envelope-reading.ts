import { decodeBase64 } from '../encoding/base64.js';
import { isJsonObject, type JsonObject, ownMember, PAYLOAD_DEPTH, parseJson } from '../encoding/json-text.js';
import { decodeUtf8 } from '../encoding/utf8.js';

/** A payload is at most 1 MiB long. */
export const PAYLOAD_BYTES = 1_048_576;

/** What the vendor's server writes for a signature when no private key is configured. */
const NOT_SIGNED = 'Private key not set';

/** The members of an envelope, each read once. */
export interface EnvelopeParts {
  /** The signed text. */
  readonly base64: string;
  /** The bytes it spells. */
  readonly payload: Uint8Array;
  /** `undefined` when the envelope is not signed. */
  readonly signature: Uint8Array | undefined;
  /** The `private_key_used`: a hint. */
  readonly role: string | undefined;
  /** The unsigned copy of the payload; `undefined` when absent. */
  readonly response: unknown;
}

/** What {@link parseEnvelope} answers when it cannot: the rule that is broken, as a sentence's beginning. */
export interface EnvelopeFault {
  readonly fault: string;
}

/** The longest envelope text that is read: a payload, its copy in the longest escapes, room for the rest. */
const TEXT_LENGTH = 8 * PAYLOAD_BYTES;
const BASE64_LENGTH = Math.ceil(PAYLOAD_BYTES / 3) * 4;
/** 8192 bits. */
const SIGNATURE_LENGTH = 1368;

/** Takes an envelope apart: JSON text, or any value at all. Never throws. */
export function parseEnvelope(envelope: unknown): EnvelopeParts | EnvelopeFault {
  if (typeof envelope !== 'string') return readMembers(envelope);
  if (envelope.length > TEXT_LENGTH) return { fault: 'The envelope is longer than 8 MiB' };
  const reading = parseJson(envelope, PAYLOAD_DEPTH + 1);
  return 'fault' in reading ? { fault: `The envelope ${reading.fault}` } : readMembers(reading.value);
}

function readMembers(envelope: unknown): EnvelopeParts | EnvelopeFault {
  try {
    if (typeof envelope !== 'object' || envelope === null || Array.isArray(envelope)) {
      return { fault: 'The envelope is no JSON object' };
    }
    return decodeMembers(
      ownMember(envelope, 'response_base64'),
      ownMember(envelope, 'signature'),
      ownMember(envelope, 'private_key_used'),
      ownMember(envelope, 'response'),
    );
  } catch {
    return { fault: 'The envelope cannot be read' }; // a getter or a proxy that throws
  }
}

function decodeMembers(
  base64: unknown,
  sealed: unknown,
  role: unknown,
  response: unknown,
): EnvelopeParts | EnvelopeFault {
  if (typeof base64 !== 'string') return { fault: 'The response_base64 is no text' };
  const payload = base64.length > BASE64_LENGTH ? undefined : decodeBase64(base64);
  if (payload === undefined || payload.length > PAYLOAD_BYTES) {
    return { fault: 'The response_base64 is not canonical base64 of at most 1 MiB' };
  }
  if (role !== undefined && typeof role !== 'string') return { fault: 'The private_key_used is no text' };
  const parts = { base64, payload, signature: undefined, role, response };
  if (sealed === undefined || sealed === null || sealed === '' || sealed === NOT_SIGNED) return parts;
  if (typeof sealed !== 'string') return { fault: 'The signature is no text' };
  const signature = sealed.length > SIGNATURE_LENGTH ? undefined : decodeBase64(sealed);
  return signature === undefined
    ? { fault: 'The signature is not canonical base64' }
    : { ...parts, signature };
}

/** The payload that signed bytes spell, or the rule they break. Never throws. */
export function parsePayload(bytes: Uint8Array): { readonly payload: JsonObject } | EnvelopeFault {
  const text = decodeUtf8(bytes);
  if (text === undefined) return { fault: 'The payload is not UTF-8' };
  const reading = parseJson(text);
  if ('fault' in reading) return { fault: `The payload ${reading.fault}` };
  return isJsonObject(reading.value)
    ? { payload: reading.value }
    : { fault: 'The payload is no JSON object' };
}

/** The last second of the year 9999: what is later counts milliseconds, or nothing at all. */
export const LATEST_TIME = 253_402_300_799;

/** The signing time of a payload, in Unix seconds; `undefined` unless it is a safe integer from 0. */
export function signedTime(payload: JsonObject): number | undefined {
  const time = ownMember(payload, 'timestamp');
  return typeof time === 'number' && Number.isSafeInteger(time) && time >= 0 ? time : undefined;
}
