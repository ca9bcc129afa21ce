import type { VerifyReason } from '../sign/verify.js';
import type { Mishap } from './lax-envelope.js';
import type { OtherScheme } from './rsa-scheme.js';

/** Why a verification failed, behind its reason; where no cause is known, the reason itself. */
export type Cause =
  | 'verified'
  | 'sibling_differs'
  | 'other_key'
  | 'other_purpose'
  | 'timestamp_in_milliseconds'
  | 'signature_truncated'
  | 'seed_given'
  | 'private_key_given'
  | 'unreadable_key'
  | OtherScheme
  | Mishap
  | VerifyReason;

/** For causes that the verdict's own hint does not tell; texts are for support people. */
export const CURES: Readonly<Partial<Record<Cause, string>>> = {
  unsigned:
    'The response is not signed: the server writes "Private key not set" or leaves the signature out. Configure its private key.',
  bad_signature:
    'No known mishap explains it: the text or the signature was changed on the way, or a key that is not in the keyring signed. Compare the kid at the issuer, then ask for the response again.',
  decoded_json_signed:
    'The server signed the decoded JSON. Sign the ASCII bytes of the response_base64 text itself.',
  reserialised:
    'What was signed is the same JSON in another spelling: someone parsed it and wrote it anew. Encode the payload once, sign that text, and pass exactly that text on.',
  text_changed:
    'The response_base64 was changed after signing; the readable response beside it is what was signed. Find who changes the text, and ask for the response again.',
  base64_variant:
    'The base64 is url-safe or lacks its padding. Use the standard alphabet with padding, on one line, and sign that text.',
  white_space:
    'White space (a line end, a wrapped line) was added to the base64. Write and sign it as one line without an end.',
  byte_order_mark: 'A byte order mark stands in front of the JSON. Write UTF-8 without one.',
  signature_hex: 'The signature is right, but written in hex. Write it in standard base64.',
  signature_truncated:
    'The signature is shorter than any key of the keyring makes it: it was cut off (a column too narrow?), or belongs to another kind of key.',
  sibling_differs:
    'The signed text is genuine, but the readable response beside it says something else. Use the decoded response_base64 only, and find who changes the copy.',
  other_key:
    'The signature is genuine, but of a key that the asked role does not permit. Ask for that role, or sign with the key of this one.',
  other_purpose:
    'The signature is genuine, but of a key that is for something else. Sign with one that is for this, or give this key the purpose when it joins the keyring.',
  timestamp_in_milliseconds:
    'The signature is genuine, but its timestamp counts milliseconds. Write Unix seconds: in JavaScript Math.floor(Date.now() / 1000).',
  sha1_signed:
    "The signature is right, but over SHA-1, which PHP's openssl_sign takes unless told. Sign with SHA-256: OPENSSL_ALGO_SHA256 there.",
  sha384_signed: 'The signature is right, but over SHA-384. Sign with SHA-256 (RS256).',
  sha512_signed: 'The signature is right, but over SHA-512. Sign with SHA-256 (RS256).',
  pss_signed: 'The signature is right, but padded by PSS. Sign with PKCS#1 v1.5 and SHA-256 (RS256).',
  key_retired:
    'The signature is genuine, but its key is retired: the signed time is outside its validity, or missing. Ask for a new response.',
  key_compromised:
    'The signature is by a key that was reported compromised, so anyone may have made it. Ask for a new response.',
  seed_given:
    'What was given as public key is a seed, which is the private half. Keep it secret (replace it, if it was published), and give the .public.pem.',
  private_key_given:
    'What was given is a private key. Keep it secret (replace it, if it was published), and give the .public.pem.',
};
