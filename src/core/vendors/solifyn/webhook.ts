import { decodeBase64 } from '../../encoding/base64.js';
import { encodeUtf8 } from '../../encoding/utf8.js';
import { KeywrightError } from '../../errors.js';
import { HMAC_LENGTH, hmacSha256, sameInConstantTime } from '../server/hmac.js';
import { type RefusedWebhook, rawBody, readHeader, type WebhookHeaders } from '../server/webhook.js';

/** A webhook as it came in, and what it must satisfy. */
export interface ReceivedWebhook {
  /** The raw body, as bytes or as text: taken before any parser, which would not give the same bytes back. */
  readonly body: string | Uint8Array;
  readonly headers: WebhookHeaders;
  /** `whsec_` and base64 of at least 24 bytes. During a rotation give a list: the old one is valid for a day. */
  readonly secret: string | readonly string[];
  /** The current time: the clock is never read. */
  readonly now: Date;
}

/** Why a webhook was refused; the first that applies, in the order they stand here. */
export type WebhookReason =
  | 'unsigned'
  | 'malformed'
  | 'unsupported'
  | 'bad_signature'
  | 'from_future'
  | 'stale';

/** The answer of {@link verifyWebhook}. */
export type WebhookVerdict =
  | {
      readonly ok: true;
      /** The event's id, the same each time it is sent: take each once. */
      readonly id: string;
      /** When it was sent, in Unix seconds. */
      readonly timestamp: number;
    }
  | RefusedWebhook<WebhookReason>;

/**
 * Whether a webhook comes from who knows its secret, and was sent within five minutes of `now`, before or after:
 * Standard Webhooks, HMAC-SHA-256 over `id.timestamp.body`. The headers are `webhook-id`, `webhook-timestamp` and
 * `webhook-signature`, or `svix-` the same; one `v1` signature must hold, of which there may be several, and other
 * versions are passed over. Compared in constant time. Any headers and any body whatever get a verdict.
 *
 * **What the signature does not prove.** That the webhook was not received before: within the five minutes who saw
 * it can send it again, so keep the `id`s that long and take each once. That it was meant for this endpoint: no
 * address is signed. Who knows the secret can sign too, so a signature is no evidence to others. The license server
 * signs nothing else: what `verify` and `activate` answer rests on TLS alone.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @throws {KeywrightError} `invalid_option` for a secret without `whsec_`, in no canonical base64 or of less than 24
 * bytes, an empty list of them, or an invalid `now`.
 *
 * @example
 * const verdict = await verifyWebhook({ body, headers, secret, now: new Date() });
 * verdict.ok; // true
 */
export async function verifyWebhook({
  body,
  headers,
  secret,
  now,
}: ReceivedWebhook): Promise<WebhookVerdict> {
  const secrets = readSecrets(secret);
  if (!(now instanceof Date && !Number.isNaN(now.getTime()))) {
    throw refuseOption('now', 'now is no valid Date: pass new Date()');
  }
  const prefix = ['webhook', 'svix'].find((name) => isThere(readHeader(headers, `${name}-signature`)));
  if (prefix === undefined) return refuse('unsigned');
  const [id, time, list] = ['id', 'timestamp', 'signature'].map((name) =>
    readHeader(headers, `${prefix}-${name}`),
  );
  const signatures = readSignatures(list);
  const raw = rawBody(body);
  if (!isText(id, ID) || !isText(time, TIMESTAMP) || signatures.length === 0) return refuse('malformed');
  if (raw === undefined) return refuse('malformed', BODY_FAULT);
  const message = signedBytes(`${id}.${time}.`, raw);
  let genuine = false;
  for (const key of secrets) {
    const expected = await hmacSha256(key, message);
    if (expected === undefined) return refuse('unsupported');
    genuine ||= signatures.some((signature) => sameInConstantTime(signature, expected));
  }
  if (!genuine) return refuse('bad_signature');
  const timestamp = Number(time);
  const age = Math.floor(now.getTime() / 1000) - timestamp;
  if (age < -TOLERANCE) return refuse('from_future');
  return age > TOLERANCE ? refuse('stale') : { ok: true, id, timestamp };
}

/** How many seconds a webhook may be off, in both directions. */
const TOLERANCE = 300;

/** Without a dot: with one, the beginning of a body could pass for a timestamp, and the timestamp for part of the id. */
const ID = /^[!-\-/-~]{1,256}$/;
const TIMESTAMP = /^(?:0|[1-9]\d{0,14})$/;

const PREFIX = 'whsec_';
const LEAST_SECRET = 24;

function readSecrets(source: string | readonly string[]): readonly Uint8Array[] {
  const secrets: unknown = typeof source === 'string' ? [source] : source;
  if (!Array.isArray(secrets) || secrets.length === 0) {
    throw refuseOption('secret', "the webhook's secret is missing: give it, or a list of them");
  }
  return secrets.map(readSecret);
}

function readSecret(secret: unknown): Uint8Array {
  const bytes =
    typeof secret === 'string' && secret.startsWith(PREFIX)
      ? decodeBase64(secret.slice(PREFIX.length))
      : undefined;
  if (bytes === undefined || bytes.length < LEAST_SECRET) {
    const what = `is not ${PREFIX} and the base64 of at least ${LEAST_SECRET} bytes: copy it from the dashboard`;
    throw refuseOption('secret', `the webhook's secret ${what}`);
  }
  return bytes;
}

/** The well-formed ones of version 1 in the header's list. */
function readSignatures(list: unknown): readonly Uint8Array[] {
  if (typeof list !== 'string') return [];
  return list.split(' ').flatMap((entry) => {
    const bytes = entry.startsWith('v1,') ? decodeBase64(entry.slice(3)) : undefined;
    return bytes?.length === HMAC_LENGTH ? [bytes] : [];
  });
}

function signedBytes(start: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(start.length + body.length);
  bytes.set(encodeUtf8(start));
  bytes.set(body, start.length);
  return bytes;
}

function isThere(header: unknown): boolean {
  return header !== undefined && header !== '';
}

function isText(header: unknown, shape: RegExp): header is string {
  return typeof header === 'string' && shape.test(header);
}

function refuseOption(option: string, message: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', message, { option });
}

function refuse(reason: WebhookReason, fault?: string): WebhookVerdict {
  return { ok: false, reason, hint: fault ?? HINTS[reason] };
}

const BODY_FAULT = 'The body is not raw: take its bytes before any parser.';

const HINTS: Readonly<Record<WebhookReason, string>> = {
  malformed: 'Id, timestamp or signature is missing or misspelled: pass the headers on exactly as they came.',
  unsigned: 'There is no webhook-signature: believe nothing of it.',
  unsupported: 'HMAC needs crypto.subtle: use https.',
  bad_signature: 'Not these bytes, or not this secret: take the body before any parser, compare the secret.',
  from_future: 'Sent more than five minutes after now: set the clock.',
  stale: 'Sent more than five minutes ago: sent again by someone else, or the clock is wrong.',
};
