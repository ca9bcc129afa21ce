import { decodeBase64, encodeBase64 } from '../encoding/base64.js';
import { type JsonStyle, respellJson } from '../encoding/json-spelling.js';
import { isJsonObject, type JsonValue, parseJson } from '../encoding/json-text.js';
import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.js';

/** What can have happened to bytes between signing and verifying; each has a cure of its own. */
export type Mishap =
  | 'decoded_json_signed'
  | 'reserialised'
  | 'text_changed'
  | 'base64_variant'
  | 'white_space'
  | 'byte_order_mark'
  | 'signature_hex';

/** An envelope's members as they are, unchecked. */
export interface EnvelopeMembers {
  readonly response?: unknown;
  readonly response_base64?: unknown;
  readonly signature?: unknown;
}

/** Bytes that may be what was meant, and what must have happened if they are; `undefined`: nothing. */
export interface Reading {
  readonly bytes: Uint8Array;
  readonly mishap: Mishap | undefined;
}

/** The bytes a signature text can stand for, the likeliest first; none when it is no base64 at all. */
export function readSignature(text: string): readonly Reading[] {
  const bare = text.replace(/\s/g, '');
  const hex = /^(?:[0-9a-f]{2})+$/i.test(bare) ? fromHex(bare) : undefined;
  return present([
    { bytes: decodeBase64(text), mishap: undefined },
    { bytes: hex, mishap: 'signature_hex' },
    { bytes: decodeBase64(bare), mishap: 'white_space' },
    { bytes: decodeLoosely(bare), mishap: 'base64_variant' },
  ]);
}

/**
 * The messages a signer can have signed who meant `text`, the envelope's `response_base64`, the likeliest
 * first. `members` are the envelope's other members, which some signers take in.
 */
export function readMessages(text: string, members: EnvelopeMembers): readonly Reading[] {
  const bare = text.replace(/\s/g, '');
  const bytes = decodeLoosely(bare) ?? new Uint8Array();
  const standard = encodeBase64(bytes);
  const decoded = decodeUtf8(bytes) ?? '';
  const json = decoded.replace(/^\ufeff/, '');
  const { signature: _, ...unsigned } = members;
  const copy = stringify(members.response);
  const agrees = respellings(json).includes(copy);
  return distinct([
    { bytes: encodeUtf8(text), mishap: undefined },
    ...texts('white_space', [bare, ...[bare, standard].flatMap(withWhiteSpace)]),
    ...texts('base64_variant', [
      standard,
      toUrl(standard),
      standard.replace(/=+$/, ''),
      `${toUrl(standard)}${pad(standard)}`,
    ]),
    ...(json === decoded ? [] : texts('byte_order_mark', withBase64([json]))),
    { bytes, mishap: 'decoded_json_signed' },
    ...texts('byte_order_mark', withBase64([`\ufeff${json}`])),
    ...texts('decoded_json_signed', [`${json}\n`, `${json}\r\n`]),
    ...texts('reserialised', withBase64(respellings(json))),
    ...texts('reserialised', respellings(stringify(unsigned))),
    ...texts(agrees ? 'reserialised' : 'text_changed', withBase64(respellings(copy))),
  ]);
}

/** Each message once, under the likeliest mishap: verifying is what costs. */
function distinct(readings: readonly Reading[]): readonly Reading[] {
  const first = new Map<string, Reading>();
  for (const reading of readings) {
    const key = encodeBase64(reading.bytes);
    if (!first.has(key)) first.set(key, reading);
  }
  return [...first.values()];
}

function texts(mishap: Mishap, messages: readonly string[]): readonly Reading[] {
  return messages.map((message) => ({ bytes: encodeUtf8(message), mishap }));
}

function withBase64(messages: readonly string[]): readonly string[] {
  return messages.flatMap((message) => [message, encodeBase64(encodeUtf8(message))]);
}

function withWhiteSpace(text: string): readonly string[] {
  const wrapped = [64, 76].flatMap((width) =>
    ['\n', '\r\n'].flatMap((end) => {
      const lines = (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(end);
      return [lines, lines + end];
    }),
  );
  return [`${text}\n`, `${text}\r\n`, ...wrapped];
}

/** The common spellings of one JSON value. */
function respellings(json: string): readonly string[] {
  const reading = parseJson(json);
  if ('fault' in reading) return [];
  const { value } = reading;
  const spellings = (['compact', 'php'] satisfies JsonStyle[]).flatMap((style) => [
    respellJson(json, style),
    respellJson(JSON.stringify(value), style),
    respellJson(JSON.stringify(sortMembers(value)), style),
  ]);
  const pretty = [2, 4, '\t'].map((indent) => JSON.stringify(value, null, indent));
  return [...spellings, ...pretty, spaceOut(respellJson(json, 'compact'))].flatMap((text) => [
    text,
    `${text}\n`,
  ]);
}

/** As Python's `json.dumps` writes: a space after each comma and colon. */
function spaceOut(compact: string): string {
  return compact.replace(
    /("(?:[^"\\]|\\.)*")|([,:])/g,
    (_, string: string | undefined, mark: string) => string ?? `${mark} `,
  );
}

function sortMembers(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sortMembers(member)]));
}

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return ''; // a cycle, a bigint, a toJSON that throws
  }
}

function decodeLoosely(text: string): Uint8Array | undefined {
  return decodeBase64(toUrl(text), 'url');
}

function toUrl(text: string): string {
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function pad(text: string): string {
  return text.slice(text.replace(/=+$/, '').length);
}

/** The bytes of an even number of hex digits. */
export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function present(
  readings: readonly { readonly bytes: Uint8Array | undefined; readonly mishap: Mishap | undefined }[],
): readonly Reading[] {
  return readings.flatMap(({ bytes, mishap }) => (bytes === undefined ? [] : [{ bytes, mishap }]));
}
