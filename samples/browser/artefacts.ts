import { addPublicKey, type Keyring, parsePublicKeys } from 'keywright';
import { type License, openRevocations, verifyLicense } from 'keywright/license';
import { visible } from './payload-text.js';

/** What the page says of a license file or a list of revoked keys. */
export interface Words {
  readonly state: 'verified' | 'refused';
  readonly word: string;
  readonly text: string;
  readonly facts: Readonly<
    Partial<Record<'reason' | 'hint' | 'kid' | 'time' | LicenseFact | ListFact, string>>
  >;
}

type LicenseFact = 'product-name' | 'license-key' | 'valid' | 'devices' | 'allows';
type ListFact = 'product-name' | 'list' | 'next' | 'count';

/** Whether a text ends in the note of a list of revoked keys, trusted or not. */
export function isList(text: string): boolean {
  return /(?:^|\n)\nkeywright\/list\/v1\nname .+\n/.test(text);
}

/**
 * What a license says, and whether it is valid now, for whatever product, key and device it names; undefined where no key
 * of these signed it, for the page to explain.
 */
export async function licenseWords(
  envelope: string,
  payload: string,
  keys: string,
): Promise<Words | undefined> {
  const named = licenseOf(payload);
  if (named === undefined) return undefined;
  const now = new Date();
  const asked = { product: named.product, key: null, device: named.device, now };
  const verdict = await verifyLicense(envelope, parsePublicKeys(keys), asked);
  const { license } = verdict;
  if (license === undefined) return undefined;
  const facts = { kid: verdict.kid ?? '', ...licenseFacts(license) };
  return verdict.ok
    ? {
        state: 'verified',
        word: 'Valid license',
        text: 'Signed by one of these keys, and valid now.',
        facts: { ...facts, time: shownTime(verdict.signedAt) },
      }
    : {
        state: 'refused',
        word: 'License refused',
        text: visible(verdict.hint),
        facts: { ...facts, reason: verdict.reason },
      };
}

/** What a list of revoked keys says of itself, and whether it is to be believed. */
export async function listWords(list: string, keys: string): Promise<Words> {
  const line = (name: string) =>
    new RegExp(`\n${name} (.+)\n`).exec(list.slice(list.lastIndexOf('\nkeywright/list/v1\n')))?.[1] ?? '';
  const [name, product] = [line('name'), line('product')];
  const answer = await openRevocations(list, forLists(parsePublicKeys(keys)), {
    name,
    product,
    now: new Date(),
  });
  const facts = {
    'product-name': visible(product),
    list: `${visible(name)}, number ${visible(line('number'))}`,
  };
  if (!answer.ok) {
    const what =
      answer.cause === undefined
        ? `Its ${answer.fault} is wrong.`
        : `Its signature does not count: ${answer.cause}.`;
    return {
      state: 'refused',
      word: 'List refused',
      text: `${what} Fetch it again.`,
      facts: { ...facts, reason: answer.reason },
    };
  }
  return {
    state: 'verified',
    word: answer.isStale ? 'Overdue list' : 'Verified list',
    text: `One of these keys signed this list of revoked keys${answer.isStale ? ', and a newer one is due' : ''}.`,
    facts: {
      ...facts,
      count: answer.count.toLocaleString('en'),
      time: shownTime(answer.signedAt),
      next: shownTime(answer.next),
      kid: answer.kid,
    },
  };
}

/** Keys of which no keyring says what they are for are believed for lists here: they were given for this one. */
function forLists(keyring: Keyring): Keyring {
  if (keyring.keys.some(({ purposes, status }) => purposes !== undefined || status !== 'active'))
    return keyring;
  const [first, ...others] = keyring.keys.map((key) => ({ key, terms: { purposes: ['list'] as const } }));
  if (first === undefined) return keyring;
  const start = addPublicKey(undefined, first.key, first.terms);
  return others.reduce((ring, { key, terms }) => addPublicKey(ring, key, terms), start);
}

function licenseOf(
  payload: string,
): { readonly product: string; readonly device: string | null } | undefined {
  try {
    const { schema, license } = JSON.parse(payload);
    if (schema !== 'keywright/license/v1' || typeof license?.product !== 'string' || license.product === '')
      return undefined;
    const device: unknown = Array.isArray(license.devices) ? license.devices[0] : null;
    return { product: license.product, device: typeof device === 'string' ? device : null };
  } catch {
    return undefined;
  }
}

function licenseFacts({
  product,
  key,
  validFrom,
  validUntil,
  devices,
  entitlements,
}: License): Words['facts'] {
  const from = validFrom === undefined ? '' : `from ${shownTime(validFrom)} `;
  const until = validUntil === null ? 'for ever' : `until ${shownTime(validUntil)}`;
  return {
    'product-name': visible(product),
    'license-key': visible(key),
    valid: from + until,
    devices: visible(devices?.join(', ') ?? ''),
    allows: Object.keys(entitlements).length === 0 ? '' : visible(JSON.stringify(entitlements)),
  };
}

function shownTime(time: Date): string {
  return time.toISOString().replace('.000Z', ' UTC').replace('T', ' ');
}
