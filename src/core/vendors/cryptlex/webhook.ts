import { decodeBase64 } from '../../encoding/base64.js';
import { encodeUtf8 } from '../../encoding/utf8.js';
import { KeywrightError } from '../../errors.js';
import { HMAC_LENGTH, hmacSha256, sameInConstantTime } from '../server/hmac.js';
import { type RefusedWebhook, rawBody, readHeader, type WebhookHeaders } from '../server/webhook.js';

/** A webhook as it came in, and the secret it must be signed with. */
export interface ReceivedWebhook {
  /** The raw body, as bytes or as text: taken before any parser, which would not give the same bytes back. */
  readonly body: string | Uint8Array;
  readonly headers: WebhookHeaders;
  /** The webhook's token, from the dashboard. */
  readonly secret: string;
}

/** Why a webhook was refused; the first that applies, in the order they stand here. */
export type WebhookReason = 'malformed' | 'unsigned' | 'unsupported' | 'bad_signature';

/** The answer of {@link verifyWebhook}. */
export type WebhookVerdict = { readonly ok: true } | RefusedWebhook<WebhookReason>;

/**
 * Whether a webhook comes from who knows its secret: the header `Webhook-Signature` is the base64 of the
 * HMAC-SHA-256 of the raw body, compared in constant time. Any headers and any body whatever get a verdict.
 *
 * **What the signature does not prove.** That the webhook is new: neither time nor id nor address is signed
 * beside the body, so who saw one can send it again, to any endpoint with the same secret, for as long as the
 * secret lives. Compare the body's `triggeredAt`, and take each event once. Who knows the secret can sign too,
 * so a signature is no evidence to others.
 *
 * @see https://docs.cryptlex.com/webhooks
 * @throws {KeywrightError} `invalid_option` for a secret that is empty or no text.
 *
 * @example
 * (await verifyWebhook({ body, headers, secret })).ok; // true
 */
export async function verifyWebhook({ body, headers, secret }: ReceivedWebhook): Promise<WebhookVerdict> {
  if (typeof secret !== 'string' || secret === '') {
    const what = "the webhook's secret is empty, or no text: copy it from the dashboard";
    throw new KeywrightError('invalid_option', what, { option: 'secret' });
  }
  const message = rawBody(body);
  if (message === undefined) return refuse('malformed', BODY_FAULT);
  const header = readHeader(headers, 'webhook-signature');
  if (header === undefined || header === '') return refuse('unsigned');
  const signature = typeof header === 'string' ? decodeBase64(header) : undefined;
  if (signature?.length !== HMAC_LENGTH) return refuse('malformed');
  const expected = await hmacSha256(encodeUtf8(secret), message);
  if (expected === undefined) return refuse('unsupported');
  return sameInConstantTime(signature, expected) ? { ok: true } : refuse('bad_signature');
}

function refuse(reason: WebhookReason, fault?: string): WebhookVerdict {
  return { ok: false, reason, hint: fault ?? HINTS[reason] };
}

const BODY_FAULT = 'The body is not raw: take its bytes before any parser.';

const HINTS: Readonly<Record<WebhookReason, string>> = {
  malformed: 'The header is not the base64 of 32 bytes: pass it on exactly as it came.',
  unsigned: 'There is no Webhook-Signature: believe nothing of it.',
  unsupported: 'HMAC needs crypto.subtle: use https.',
  bad_signature: 'Not these bytes, or not this secret: take the body before any parser, compare the secret.',
};
