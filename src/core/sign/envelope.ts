import { decodeBase64, encodeBase64 } from '../encoding/base64.js';
import { type JsonStyle, respellJson, spellValue } from '../encoding/json-spelling.js';
import { isJsonObject, type JsonObject, ownMember, parseJson } from '../encoding/json-text.js';
import { decodeUtf8, encodeAscii, encodeUtf8, exceedsBytes } from '../encoding/utf8.js';
import { KeywrightError } from '../errors.js';
import { ARTEFACTS, type KeyPurpose, schemaOf } from './artefacts.js';
import { writeEnvelope } from './envelope-line.js';
import { LATEST_TIME, PAYLOAD_BYTES, signedTime } from './envelope-reading.js';
import { isRole, type KeyringRole } from './role.js';
import type { Signer } from './signer.js';

/** A signed response. */
export interface Envelope {
  /** A copy for reading; not signed. */
  readonly response: JsonObject;
  /** The base64 of the payload; the signature is over these ASCII bytes. */
  readonly response_base64: string;
  /** The role of the key that signed; not signed. */
  readonly private_key_used: KeyringRole;
  /** The base64 of the signature. */
  readonly signature: string;
}

/** An artefact that an envelope carries. */
export interface EnvelopeKind {
  readonly artefact: KeyPurpose;
  /** Throws for a payload that its verifier would refuse. */
  readonly check?: ((payload: JsonObject) => void) | undefined;
}

/** What servers answer. */
export const RESPONSE: EnvelopeKind = { artefact: 'response' };

/** How {@link signResponse} writes. */
export interface SignOptions {
  /** `product` unless told. */
  readonly role?: KeyringRole | undefined;
  /** `compact` unless told; `php` for the vendor's bytes. */
  readonly style?: JsonStyle | undefined;
}

/**
 * Signs a payload: a JSON text, whose member order and number spelling stay, or a value. It must be an object
 * with an integer `timestamp` (Unix seconds, up to the year 9999), at most 1 MiB and 64 levels deep; what a verifier would refuse
 * is refused here. To write the envelope to a file, use {@link signToText}.
 *
 * @throws {KeywrightError} `invalid_payload`; `invalid_option` for an unknown role or style.
 *
 * @example
 * const envelope = await signResponse({ code: 200, timestamp: 1767225600 }, ed25519Signer(privateKey));
 */
export async function signResponse(
  payload: string | object,
  signer: Signer,
  options: SignOptions = {},
): Promise<Envelope> {
  return signArtefact(RESPONSE, payload, signer, options);
}

/** Signs a payload of whatever artefact an envelope carries: see {@link signResponse}. */
export async function signArtefact(
  artefact: EnvelopeKind,
  payload: string | object,
  signer: Signer,
  options: SignOptions,
): Promise<Envelope> {
  const { response, text, role } = signableText(artefact, payload, options);
  const base64 = encodeBase64(encodeUtf8(text));
  const signature = encodeBase64(await signer.sign(encodeAscii(base64)));
  return { response, response_base64: base64, private_key_used: role, signature };
}

/**
 * Signs a payload as {@link signResponse} does, and writes the envelope as one line of JSON text. Its
 * `response` is the signed text itself, so numbers that JavaScript would round stay what they are.
 *
 * @throws {KeywrightError} as `signResponse`.
 *
 * @example
 * const line = await signToText('{"id":9007199254740993,"timestamp":1767225600}', ed25519Signer(privateKey));
 * line.includes('9007199254740993'); // true
 */
export async function signToText(
  payload: string | object,
  signer: Signer,
  options: SignOptions = {},
): Promise<string> {
  return signArtefactToText(RESPONSE, payload, signer, options);
}

/** Signs a payload of whatever artefact an envelope carries, to text: see {@link signToText}. */
export async function signArtefactToText(
  artefact: EnvelopeKind,
  payload: string | object,
  signer: Signer,
  options: SignOptions,
): Promise<string> {
  return signCheckedText(signableText(artefact, payload, options), signer);
}

/** Signs what was checked, to text: see {@link signToText}. */
export async function signCheckedText({ text, role }: SignableText, signer: Signer): Promise<string> {
  const base64 = encodeBase64(encodeUtf8(text));
  return writeEnvelope(text, base64, role, encodeBase64(await signer.sign(encodeAscii(base64))));
}

/**
 * An envelope as one line of JSON text; see {@link signToText}, which saves the detour.
 *
 * @example
 * JSON.parse(formatEnvelope(signed)).private_key_used; // 'product'
 */
export function formatEnvelope({ response, response_base64, private_key_used, signature }: Envelope): string {
  const bytes = decodeBase64(response_base64);
  const text = (bytes && decodeUtf8(bytes)) ?? JSON.stringify(response);
  return writeEnvelope(text, response_base64, private_key_used, signature);
}

/** A payload that was checked, as it is spelled when it is signed. */
export interface SignableText {
  readonly text: string;
  /** What the envelope says of the key that signs. */
  readonly role: KeyringRole;
}

/** All that is done before signing: the payload read, and its text. @throws {KeywrightError} as `signResponse`. */
export function signableText(
  artefact: EnvelopeKind,
  payload: string | object,
  { role = 'product', style = 'compact' }: SignOptions,
): SignableText & { readonly response: JsonObject } {
  if (!isRole(role)) throw unknownOption('role', 'product or global');
  if (style !== 'compact' && style !== 'php') throw unknownOption('style', 'compact or php');
  const json = typeof payload === 'string' ? payload : spellValue(payload);
  const response = readSignable(json, artefact);
  const text = respellJson(json, style);
  if (exceedsBytes(text, PAYLOAD_BYTES)) throw refuse('is longer than 1 MiB: send less, or a link');
  return { response, text, role };
}

/**
 * A payload's JSON text with `timestamp` as its last member, where the vendor writes it; a payload that has
 * one stays as it is.
 *
 * @throws {KeywrightError} `invalid_payload` when the text is no JSON object that may be signed.
 *
 * @example
 * stampPayload('{"code":200}', new Date(1767225600000)); // '{"code":200,"timestamp":1767225600}'
 */
export function stampPayload(text: string, now: Date): string {
  const payload = readObject(text);
  if (Object.hasOwn(payload, 'timestamp')) return text;
  const member = `"timestamp":${Math.floor(now.getTime() / 1000)}}`;
  const start = text.slice(0, text.lastIndexOf('}'));
  return Object.keys(payload).length === 0 ? start + member : `${start},${member}`;
}

function readSignable(text: string, { artefact, check }: EnvelopeKind): JsonObject {
  const payload = readObject(text);
  refuseOtherArtefact(payload, artefact);
  check?.(payload);
  const time = signedTime(payload);
  if (time === undefined) throw refuse('has no integer timestamp: add the Unix seconds of signing');
  if (time > LATEST_TIME) {
    throw refuse('has a timestamp after the year 9999, as milliseconds are: write seconds, or leave it out');
  }
  return payload;
}

/** What would be taken for another artefact is signed as that one, or not at all. */
function refuseOtherArtefact(payload: JsonObject, artefact: KeyPurpose): void {
  const schema = ownMember(payload, 'schema');
  const named = ARTEFACTS.find((each) => schemaOf(each) === schema);
  if (named === undefined || named === artefact) return;
  throw refuse(`names the schema of a ${named}: sign it as one`);
}

function readObject(text: string): JsonObject {
  const reading = parseJson(text);
  if ('fault' in reading) throw refuse(`${reading.fault}: mend it`);
  if (!isJsonObject(reading.value)) throw refuse('is no JSON object: make it one');
  return reading.value;
}

function refuse(what: string): KeywrightError<'invalid_payload'> {
  return new KeywrightError('invalid_payload', `the payload ${what}`, {});
}

function unknownOption(option: string, choices: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', `the ${option} is unknown: use ${choices}`, { option });
}
