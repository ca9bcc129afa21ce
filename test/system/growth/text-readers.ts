import { parseBulkRequest } from '../../../src/core/bulk-create/bulk-request.js';
import { comparedKey } from '../../../src/core/dedupe/compared-text.js';
import { dedupe } from '../../../src/core/dedupe/dedupe.js';
import { decodeBase64 } from '../../../src/core/encoding/base64.js';
import { parseDer } from '../../../src/core/encoding/der.js';
import { respellJson, spellValue } from '../../../src/core/encoding/json-spelling.js';
import { parseJson } from '../../../src/core/encoding/json-text.js';
import { parsePem } from '../../../src/core/encoding/pem.js';
import { explainResponse } from '../../../src/core/explain/explain.js';
import { parseAlphabet } from '../../../src/core/format/alphabet.js';
import { canonicalForm, readCased } from '../../../src/core/format/canonical.js';
import { checkKey } from '../../../src/core/format/normalize.js';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { applyKeyringUpdate } from '../../../src/core/keyring-update/keyring-update.js';
import { verifyLicense } from '../../../src/core/license/verify-license.js';
import { parsePublicKey, parsePublicKeys } from '../../../src/core/public-keys/public-key-text.js';
import { openRevocations } from '../../../src/core/revocations/revocations.js';
import { formatEnvelope, signResponse, stampPayload } from '../../../src/core/sign/envelope.js';
import { parseKeyring } from '../../../src/core/sign/keyring.js';
import { parsePrivateKey, privateKeyFromSeed } from '../../../src/core/sign/private-key.js';
import { ed25519Signer } from '../../../src/core/sign/signer.js';
import { formatPublicKey } from '../../../src/core/sign/spki.js';
import { verifyResponse } from '../../../src/core/sign/verify.js';
import { readForm } from '../../../src/core/vendors/getkeymanager/form.js';
import { fillRequest } from '../../../src/core/vendors/server/fill-request.js';
import { readJsonBody, readTarget } from '../../../src/core/vendors/server/incoming-request.js';
import { parseDuration } from '../../../src/core/vendors/time/duration.js';
import { readInstant } from '../../../src/core/vendors/time/instant.js';

const FORMAT = parseFormat('XXXXX-XXXXX-XXXXX', { checkCharacter: 'auto' });
const KEY = privateKeyFromSeed(new Uint8Array(32).fill(7));
const PEM = formatPublicKey(KEY.publicKey);
const KEYRING = parsePublicKeys(PEM);
const ENVELOPE = {
  response: {},
  response_base64: 'e30=',
  private_key_used: 'product',
  signature: 'A'.repeat(86),
};
const LIST = { name: 'a.example/app', product: 'app', now: new Date(0) };
const LICENSE = { product: 'app', now: new Date(0) };
const NOTE = `\nkeywright/list/v1\n\n${'—'} a.example/app ${'A'.repeat(91)}=\n`;
const SIGNER = ed25519Signer(KEY);

/** What reads a text, each as a stranger's text reaches it. */
export const TEXT_READERS: Readonly<Record<string, (text: string) => unknown>> = {
  'format (mask)': (text) => parseFormat(text),
  'format (regular expression)': (text) => parseFormat(`/${text}/`),
  'format (affixes)': (text) => parseFormat('XXXXX', { prefix: text, suffix: text }),
  alphabet: parseAlphabet,
  'canonical form': canonicalForm,
  'cased form': readCased,
  'compared text, exact': (text) => comparedKey(text, 'exact'),
  'check a key': (text) => checkKey(FORMAT, text),
  'dedupe lines': (text) => [...dedupe(text.split('\n'))],
  base64: (text) => decodeBase64(text),
  base64url: (text) => decodeBase64(text, 'url'),
  'JSON text': (text) => parseJson(text),
  'respell as PHP': (text) => respellJson(text, 'php'),
  'respell compact': (text) => respellJson(text, 'compact'),
  'spell a value': (text) => spellValue({ text, list: [text] }),
  'stamp a payload': (text) => stampPayload(text, new Date(0)),
  DER: (text) => parseDer(Buffer.from(text)),
  PEM: parsePem,
  'public key': (text) => parsePublicKey(text),
  'public keys': parsePublicKeys,
  'private key': (text) => parsePrivateKey(text),
  keyring: (text) => parseKeyring(text),
  'keyring, its names': (text) => parseKeyring({ keys: [{ kid: text, kty: text, crv: text, x: text }] }),
  'sign a payload': (text) => signResponse(text, SIGNER),
  'format an envelope': (text) =>
    formatEnvelope({ ...ENVELOPE, private_key_used: 'product', response: { text } }),
  'verify, the text whole': (text) => verifyResponse(text, KEYRING),
  'verify, the payload': (text) => verifyResponse({ ...ENVELOPE, response_base64: text }, KEYRING),
  'verify, the signature': (text) => verifyResponse({ ...ENVELOPE, signature: text }, KEYRING),
  'verify, the copy': (text) => verifyResponse({ ...ENVELOPE, response: { a: text } }, KEYRING),
  'explain, the text whole': (text) => explainResponse(text, PEM),
  'explain, the response': (text) => explainResponse({ ...ENVELOPE, response: text }, PEM),
  'explain, the payload': (text) => explainResponse({ ...ENVELOPE, response_base64: text }, PEM),
  'explain, the signature': (text) => explainResponse({ ...ENVELOPE, signature: text }, PEM),
  'explain, the keys': (text) => explainResponse(ENVELOPE, text),
  'bulk request, one text': (text) =>
    parseBulkRequest({ license_keys: text, product_id: text, validity: text }),
  'bulk request, a list': (text) => parseBulkRequest({ license_keys: text.split('\n'), product_id: 1 }),
  'bulk request, e-mail and time': (text) =>
    parseBulkRequest({
      license_keys: ['A'],
      owner_name: text,
      owner_email: `${text}@a.example`,
      assigned_at: text,
    }),
  form: readForm,
  'request target': (text) => readTarget(`/${text}?${text}`),
  'request body': (text) => readJsonBody({ method: 'POST', url: '/', body: text }),
  'fill a request': (text) =>
    fillRequest(
      { method: 'GET', url: `https://a.example/${text}{data.id}`, headers: {} },
      {
        secrets: {},
        reply: { data: { id: text } },
      },
    ),
  'list of revocations': (text) => openRevocations(text, KEYRING, LIST),
  'list of revocations, its rows': (text) => openRevocations(`${text}${NOTE}`, KEYRING, LIST),
  'keyring update, and what was kept': (text) =>
    applyKeyringUpdate(KEYRING, text, { name: text, seen: [text] }),
  'license, the text whole': (text) => verifyLicense(text, KEYRING, { ...LICENSE, key: text, device: text }),
  duration: parseDuration,
  instant: readInstant,
};
