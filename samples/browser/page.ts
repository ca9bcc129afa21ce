import { type Explanation, explainResponse } from 'keywright/explain';
import { isKeywrightError, type JsonObject, type VerifyPolicy } from 'keywright/verify';
import { isList, licenseWords, listWords, type Words } from './artefacts.js';
import { find } from './element.js';
import { payloadText, visible } from './payload-text.js';

const form = find('form', HTMLFormElement);
const envelope = find('envelope', HTMLTextAreaElement);
const keys = find('keys', HTMLTextAreaElement);
const role = find('role', HTMLSelectElement);
const product = find('product', HTMLInputElement);
const maxAge = find('max-age', HTMLInputElement);
const result = find('result', HTMLElement);

type State = 'idle' | 'verified' | 'refused' | 'open';
const FACTS = [
  ...(['reason', 'hint', 'cause', 'path', 'kid', 'key-role', 'time', 'product-name', 'license-key'] as const),
  ...(['valid', 'devices', 'allows', 'list', 'count', 'next'] as const),
] as const;

/** Counts checks and changes: an answer that comes after a later one of either is not shown. */
let latest = 0;

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  await check();
});

form.addEventListener('keydown', (event) => {
  // Enter alone belongs to the text fields of several lines.
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

// A verdict must not stand beside an envelope that it is not about.
form.addEventListener('input', () => forget('Changed since', 'Press Verify to check what stands there now.'));
form.addEventListener('reset', () => {
  forget('No check yet', 'Paste an envelope and a key, then press Verify.');
  envelope.focus();
});

async function check(): Promise<void> {
  if (envelope.value.trim() === '') return complain(envelope, 'Paste the envelope first.');
  if (keys.value.trim() === '') return complain(keys, 'Paste a public key or a keyring first.');
  const seconds = maxAge.value.trim();
  if (!/^\d*$/.test(seconds)) return complain(maxAge, 'The age is a whole number of seconds.');
  const policy: VerifyPolicy = {
    now: new Date(),
    ...((role.value === 'product' || role.value === 'global') && { role: role.value }),
    ...(product.value.trim() !== '' && { product: product.value.trim() }),
    ...(seconds !== '' && { maxAge: Number(seconds) }),
  };
  const text = envelope.value;
  forget('Checking …', '');
  const mine = latest;
  await new Promise((resolve) => setTimeout(resolve)); // so that "Checking" is painted
  try {
    const words = await artefactWords(text);
    if (mine === latest && words !== undefined) return showWords(words, text);
    const explanation = await explainResponse(text, keys.value, policy);
    if (mine === latest) show(explanation, text);
  } catch (error) {
    if (mine !== latest) return;
    if (!isKeywrightError(error, 'invalid_option')) throw error;
    complain(error.details.option === 'product' ? product : keys, `${visible(error.message)}.`);
  }
}

/** What is said of a license or a list; undefined for responses, and where there is something to explain. */
async function artefactWords(text: string): Promise<Words | undefined> {
  try {
    if (isList(text)) return await listWords(text, keys.value);
    return await licenseWords(text, payloadText(text) ?? '', keys.value);
  } catch (error) {
    if (isKeywrightError(error)) return undefined; // keys that cannot be read: the explanation says why
    throw error;
  }
}

function showWords({ state, word, text, facts }: Words, artefact: string): void {
  say(state, word, text);
  tell(facts);
  const payload = isList(artefact) ? undefined : payloadText(artefact);
  if (payload !== undefined) showPayload(payload, true);
  result.scrollIntoView({ block: 'nearest' });
}

function showPayload(payload: string, isSigned: boolean): void {
  find('decoded', HTMLElement).hidden = false;
  find('payload-title', HTMLElement).textContent = isSigned
    ? 'What was signed'
    : 'What it claims: not to be relied on';
  find('payload', HTMLElement).textContent = payload;
}

function show({ verdict, cause, text, path, kid }: Explanation, envelopeText: string): void {
  if (verdict === null) {
    // The keys could not be loaded, so nothing was verified: that is no refusal of the envelope.
    complain(keys, visible(text));
    tell({ cause, ...(kid !== undefined && { kid }) });
  } else if (verdict.ok) {
    say('verified', 'Verified', text);
    tell({ kid: verdict.kid, 'key-role': verdict.role ?? 'both', time: signingTime(verdict.payload) });
  } else {
    say('refused', 'Refused', text);
    const hint = verdict.hint === text ? '' : verdict.hint;
    tell({ reason: verdict.reason, hint: visible(hint), cause, path: visible(path ?? ''), kid: kid ?? '' });
  }
  const payload = payloadText(envelopeText);
  if (payload !== undefined) showPayload(payload, verdict?.ok === true);
  result.scrollIntoView({ block: 'nearest' });
}

function signingTime({ timestamp }: JsonObject): string {
  const time = new Date(typeof timestamp === 'number' ? timestamp * 1000 : Number.NaN);
  return Number.isNaN(time.getTime()) ? '' : time.toISOString().replace('.000Z', ' UTC').replace('T', ' ');
}

function complain(field: HTMLElement, text: string): void {
  forget('Not checked', text);
  result.dataset['state'] = 'open' satisfies State;
  field.setAttribute('aria-invalid', 'true');
  field.focus();
}

function forget(word: string, text: string): void {
  latest++;
  say('idle', word, text);
  tell({});
  find('decoded', HTMLElement).hidden = true;
  find('payload', HTMLElement).textContent = '';
  for (const field of [envelope, keys, product, maxAge]) field.removeAttribute('aria-invalid');
}

function say(state: State, word: string, text: string): void {
  result.dataset['state'] = state;
  find('word', HTMLElement).textContent = word;
  find('text', HTMLElement).textContent = text;
}

/** Fills the list of facts; a fact without a text is hidden. */
function tell(facts: Readonly<Partial<Record<(typeof FACTS)[number], string>>>): void {
  for (const name of FACTS) {
    const place = find(name, HTMLElement);
    const text = facts[name] ?? '';
    place.textContent = text;
    if (place.parentElement) place.parentElement.hidden = text === '';
  }
}
