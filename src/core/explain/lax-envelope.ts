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
 * first, each once, under its likeliest mishap. `members` are the envelope's other members, which some signers
 * take in.
 */
export function* readMessages(text: string, members: EnvelopeMembers): Generator<Reading, void, undefined> {
  const seen = new Set<string | undefined>();
  for (const { message, bytes, mishap } of likelyMessages(text, members)) {
    if (!seen.has(message)) yield { bytes: bytes ?? encodeUtf8(message ?? ''), mishap };
    seen.add(message);
  }
}

/** A message as text, or as bytes that are none. */
interface Message {
  readonly message: string | undefined;
  readonly bytes?: Uint8Array | undefined;
  readonly mishap: Mishap | undefined;
}

/** Made one by one, for the search ends at the first that fits. */
function* likelyMessages(text: string, members: EnvelopeMembers): Generator<Message, void, undefined> {
  const bare = text.replace(/\s/g, '');
  const bytes = decodeLoosely(bare) ?? new Uint8Array();
  const standard = encodeBase64(bytes);
  const decoded = decodeUtf8(bytes) ?? '';
  const json = decoded.replace(/^\ufeff/, '');
  yield { message: text, mishap: undefined };
  yield { message: decodeUtf8(bytes), bytes, mishap: 'decoded_json_signed' };
  yield* texts('white_space', [bare, ...[bare, standard].flatMap(withLineEnd)]);
  const padding = standard.slice(withoutPadding(standard).length);
  const variants = [standard, toUrl(standard), withoutPadding(standard), toUrl(standard) + padding];
  yield* texts('base64_variant', variants);
  if (json !== decoded) yield* texts('byte_order_mark', withBase64([json]));
  yield* texts('byte_order_mark', withBase64([`\ufeff${json}`]));
  yield* texts('decoded_json_signed', withLineEnd(json));
  const spelled = spellings(json);
  yield* texts('reserialised', withBase64(spelled));
  const copy = stringify(members.response);
  const changed = [...spelled, ...pretty(json)].includes(copy) ? 'reserialised' : 'text_changed';
  yield* texts(changed, withBase64(spellings(copy)));
  yield* texts('reserialised', withBase64(pretty(json)));
  const { signature: _, ...unsigned } = members;
  const whole = stringify(unsigned);
  yield* texts('reserialised', [...spellings(whole), ...pretty(whole)]);
  yield* texts('white_space', [bare, standard].flatMap(wrapped));
  yield* texts(changed, withBase64(pretty(copy)));
  yield* texts('reserialised', withBase64([...spelled, ...pretty(json)].map((each) => `${each}\n`)));
}

function* texts(mishap: Mishap, messages: readonly string[]): Generator<Message, void, undefined> {
  for (const message of messages) yield { message, mishap };
}

function withBase64(messages: readonly string[]): readonly string[] {
  return messages.flatMap((message) => [message, encodeBase64(encodeUtf8(message))]);
}

function withLineEnd(text: string): readonly string[] {
  return [`${text}\n`, `${text}\r\n`];
}

function wrapped(text: string): readonly string[] {
  return [76, 64].flatMap((width) =>
    ['\r\n', '\n'].flatMap((end) => {
      const lines = (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(end);
      return [lines, lines + end];
    }),
  );
}

/** The common spellings of one JSON value on one line; none when it is no JSON. */
function spellings(json: string): readonly string[] {
  const reading = parseJson(json);
  if ('fault' in reading) return [];
  const { value } = reading;
  return (['compact', 'php'] satisfies JsonStyle[]).flatMap((style) => [
    respellJson(json, style),
    respellJson(JSON.stringify(value), style),
    respellJson(JSON.stringify(sortMembers(value)), style),
  ]);
}

/** Its spellings with white space. */
function pretty(json: string): readonly string[] {
  const reading = parseJson(json);
  if ('fault' in reading) return [];
  const indented = [2, 4, '\t'].map((indent) => JSON.stringify(reading.value, null, indent));
  return [...indented, spaceOut(respellJson(json, 'compact'))];
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
  return withoutPadding(text).replaceAll('+', '-').replaceAll('/', '_');
}

/** Not by /=+$/, which takes quadratic time over an = that stands elsewhere. */
function withoutPadding(text: string): string {
  let end = text.length;
  while (text.charCodeAt(end - 1) === 61) end--;
  return text.slice(0, end);
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
