import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { buildPage } from '../../samples/browser/build.js';
import {
  addPublicKey,
  formatKeyring,
  retirePublicKey,
  revokedId,
  signLicense,
  signRevocations,
  signToText,
} from '../../src/index.js';
import { demoEd25519, demoRsa, signers } from '../core/sign/demo-keys.js';
import { inEveryBrowser, OVERFLOW } from './windows.js';

const PAGE = resolve('samples/browser/verify.html');
const FILE = pathToFileURL(PAGE).href;
const PAYLOAD = '{"code":900,"owner":"Zo\\u00eb <b>","big":9007199254740993,"2":[],"timestamp":1709001673}';
const READABLE = `{
  "code": 900,
  "owner": "Zoë <b>",
  "big": 9007199254740993,
  "2": [],
  "timestamp": 1709001673
}`;
const ed25519Pem = readFileSync('keys/demo-ed25519.public.pem', 'utf8');
const rsaPem = readFileSync('keys/demo-rsa.public.pem', 'utf8');

it('samples/browser/verify.html is what its sources make (else: npm run build && node samples/browser/build.js)', async () => {
  expect(readFileSync(PAGE, 'utf8') === (await buildPage('verify.html'))).toBe(true);
});

inEveryBrowser('verify.html', ({ blank, ...windows }) => {
  let signed = { Ed25519: '', RS256: '' };

  beforeAll(async () => {
    signed = {
      Ed25519: await signToText(PAYLOAD, signers.Ed25519),
      RS256: await signToText(PAYLOAD, signers.RS256, { role: 'global' }),
    };
  });

  const open = (options?: Parameters<typeof windows.open>[1]) => windows.open(FILE, options);

  async function check(page: Page, envelope: string, keys: string): Promise<void> {
    await page.getByLabel('Envelope').fill(envelope);
    await page.getByLabel('Public key or keyring').fill(keys);
    await page.getByRole('button', { name: 'Verify' }).click();
    await answered(page);
  }

  it('verifies Ed25519 and shows what was signed, as it was signed', async () => {
    const page = await open();
    await check(page, signed.Ed25519, ed25519Pem);
    expect(await said(page)).toMatch(/^Verified: /);
    expect(await facts(page)).toEqual({
      'Signed by': demoEd25519.kid,
      'Its role': 'both',
      'Signed at': '2024-02-27 02:41:13 UTC',
    });
    expect(await payload(page).textContent()).toBe(READABLE);
  });

  it('verifies RSA, with a keyring and conditions', async () => {
    const page = await open();
    const keyring = addPublicKey(
      addPublicKey(undefined, demoEd25519.publicKey, { role: 'product' }),
      demoRsa.publicKey,
      {
        role: 'global',
        product: 'acme',
      },
    );
    await page.getByLabel('Role').selectOption('global');
    await page.getByLabel('Product').fill('acme');
    await page.getByLabel('Max age').fill('10000000000');
    await check(page, signed.RS256, formatKeyring(keyring));
    expect(await said(page)).toMatch(/^Verified: /);
    expect(await facts(page)).toMatchObject({ 'Signed by': demoRsa.kid, 'Its role': 'global' });
    await page.getByLabel('Max age').fill('60');
    await page.getByLabel('Max age').press('Enter');
    await answered(page);
    expect(await facts(page)).toMatchObject({ Reason: 'stale', Cause: 'stale' });
  });

  it('refuses a tampered envelope, says where, and calls its content a claim', async () => {
    const page = await open();
    await check(page, signed.Ed25519.replace('"code":900', '"code":901'), ed25519Pem);
    expect(await said(page)).toMatch(/^Refused: The signed text is genuine/);
    expect(await facts(page)).toEqual({
      Reason: 'sibling_mismatch',
      Hint: 'The response differs from what was signed: find who changed it.',
      Cause: 'sibling_differs',
      'Differs at': '$.code',
      'Signed by': demoEd25519.kid,
    });
    expect(await page.getByText('What it claims: not to be relied on').isVisible()).toBe(true);
    const base64 = btoa(PAYLOAD.replace('900', '901'));
    await check(
      page,
      signed.Ed25519.replace(/"response_base64":"[^"]*/, `"response_base64":"${base64}`),
      rsaPem,
    );
    expect(await facts(page)).toMatchObject({ Reason: 'unknown_key' });
    expect(await payload(page).textContent()).toContain('"code": 901');
  });

  it('shows a license in words, and whether it is valid now', async () => {
    const signer = signers.Ed25519;
    const terms = { key: 'AAAA-BBBB', product: 'app', devices: ['mac-1'], entitlements: { seats: 5 } };
    const now = new Date('2026-01-01T00:00:00Z');
    const file = async (validUntil: Date | null) =>
      JSON.stringify(await signLicense({ ...terms, validUntil }, signer, { now }));
    const page = await open();
    await check(page, await file(null), ed25519Pem);
    expect(await said(page)).toMatch(/^Valid license: /);
    expect(await facts(page)).toEqual({
      Product: 'app',
      'License key': 'AAAA-BBBB',
      Valid: 'for ever',
      Devices: 'mac-1',
      Allows: '{"seats":5}',
      'Signed by': demoEd25519.kid,
      'Signed at': '2026-01-01 00:00:00 UTC',
    });
    await check(page, await file(new Date('2026-02-01T00:00:00Z')), ed25519Pem);
    expect(await said(page)).toMatch(/^License refused: /);
    expect(await facts(page)).toMatchObject({ Reason: 'expired', Valid: 'until 2026-02-01 00:00:00 UTC' });
    await check(page, await file(null), rsaPem);
    expect(await said(page)).toMatch(/^Refused: /);
  });

  it('shows the number and the dates of a list of revoked keys', async () => {
    const terms = {
      name: 'acme.example/app',
      product: 'app',
      number: 42,
      issued: new Date('2026-01-01T00:00:00Z'),
    };
    const ids = new Map([[revokedId('AAAA-BBBB', 'canonical') ?? '', 'refunded']]);
    const list = async (next: string) =>
      new TextDecoder().decode(
        await signRevocations(ids, { ...terms, next: new Date(next) }, signers.Ed25519),
      );
    const page = await open();
    await check(page, await list('2099-01-01T00:00:00Z'), ed25519Pem);
    expect(await said(page)).toMatch(/^Verified list: /);
    expect(await facts(page)).toEqual({
      Product: 'app',
      List: 'acme.example/app, number 42',
      'Revoked keys': '1',
      'Next due': '2099-01-01 00:00:00 UTC',
      'Signed by': demoEd25519.kid,
      'Signed at': '2026-01-01 00:00:00 UTC',
    });
    await check(page, await list('2026-02-01T00:00:00Z'), ed25519Pem);
    expect(await said(page)).toMatch(/^Overdue list: /);
    await check(page, (await list('2099-01-01T00:00:00Z')).replace('number 42', 'number 43'), ed25519Pem);
    expect(await said(page)).toMatch(/^List refused: Its signature does not count: bad_signature/);
  });

  it('refuses an unsigned envelope', async () => {
    const page = await open();
    await check(
      page,
      signed.Ed25519.replace(/"signature":"[^"]*/, '"signature":"Private key not set'),
      ed25519Pem,
    );
    expect(await said(page)).toMatch(/^Refused: The response is not signed/);
    expect(await facts(page)).toMatchObject({ Reason: 'unsigned', Cause: 'unsigned' });
  });

  it('refuses by name what was signed after the end of its key', async () => {
    const page = await open();
    const keyring = retirePublicKey(
      addPublicKey(undefined, demoEd25519.publicKey),
      demoEd25519.kid,
      new Date(0),
    );
    await check(page, signed.Ed25519, formatKeyring(keyring));
    expect(await facts(page)).toMatchObject({ Reason: 'key_retired', 'Signed by': demoEd25519.kid });
  });

  // On a page that came over http, the browser itself takes crypto.subtle away.
  it('without crypto.subtle still verifies Ed25519, and says why it cannot verify RSA', async () => {
    const page = await blank();
    await page.route('**', (route) => route.fulfill({ path: PAGE, contentType: 'text/html' }));
    await page.goto('http://support.example/verify.html');
    expect(await page.evaluate('typeof crypto.subtle')).toBe('undefined');
    await check(page, signed.Ed25519, ed25519Pem);
    expect(await said(page)).toMatch(/^Verified: /);
    await check(page, signed.RS256, rsaPem);
    expect(await said(page)).toBe('Refused: RSA needs crypto.subtle: use https, or sign with Ed25519.');
    expect(await facts(page)).toMatchObject({ Reason: 'unsupported' });
  });

  it('works from the keyboard alone', async () => {
    const page = await open();
    await page.keyboard.press('Tab');
    await page.keyboard.insertText(signed.Ed25519);
    await page.keyboard.press('Tab');
    await page.keyboard.insertText(ed25519Pem);
    await page.keyboard.press('Control+Enter');
    await answered(page);
    expect(await said(page)).toMatch(/^Verified: /);
    await page.keyboard.press('Tab'); // role
    await page.keyboard.press('g');
    await page.keyboard.press('Tab'); // product
    await page.keyboard.insertText('other');
    expect(await said(page)).toMatch(/^Changed since: /);
    expect(await payload(page).isVisible()).toBe(false);
    await page.keyboard.press('Enter');
    await answered(page);
    expect(await facts(page)).toMatchObject({ Reason: 'wrong_product' });
    for (const stop of ['max-age', 'Verify', 'Clear']) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.id || document.activeElement.textContent')).toBe(
        stop,
      );
    }
    await page.keyboard.press('Enter');
    expect(await said(page)).toMatch(/^No check yet: /);
    expect(await page.getByLabel('Envelope').inputValue()).toBe('');
  });

  it('names what is missing or wrong in the form itself, and goes there', async () => {
    const page = await open();
    const verify = page.getByRole('button', { name: 'Verify' });
    const focused = () => page.evaluate('document.activeElement.id');
    await verify.click();
    expect([await said(page), await focused()]).toEqual([
      'Not checked: Paste the envelope first.',
      'envelope',
    ]);
    await page.getByLabel('Envelope').fill('[]');
    await verify.click();
    expect([await said(page), await focused()]).toEqual([
      'Not checked: Paste a public key or a keyring first.',
      'keys',
    ]);
    await page.getByLabel('Max age').fill('a day');
    await check(page, signed.Ed25519, ed25519Pem);
    expect([await said(page), await focused()]).toEqual([
      'Not checked: The age is a whole number of seconds.',
      'max-age',
    ]);
    await page.getByLabel('Max age').fill('');
    await check(page, signed.Ed25519, readFileSync('keys/demo-ed25519.private.pem', 'utf8'));
    expect(await said(page)).toMatch(/^Not checked: What was given is a private key\. Keep it secret/);
    const two = addPublicKey(
      addPublicKey(undefined, demoEd25519.publicKey, { product: 'a' }),
      demoRsa.publicKey,
      {
        product: 'b',
      },
    );
    await check(page, signed.Ed25519, formatKeyring(two));
    expect([await said(page), await focused()]).toEqual([
      'Not checked: the product is missing: name one of those in the keyring.',
      'product',
    ]);
  });

  it('shows hostile text as text', async () => {
    const page = await open();
    const text = '{"a":"<img src=x onerror=alert(1)>\\u202e\\u0007","timestamp":1}';
    await check(page, await signToText(text, signers.Ed25519), ed25519Pem);
    expect(await payload(page).textContent()).toContain('<img src=x onerror=alert(1)>\\u{202e}\\u0007');
    expect(await page.locator('img').count()).toBe(0);
    await check(page, '{"response_base64":"W1tbW1tb","signature":"AAAA","__proto__":{"a":1}}', ed25519Pem);
    expect(await payload(page).textContent()).toBe('[[[[[[');
  });

  it.each(['light', 'dark'] as const)('fits a phone, in %s', async (colorScheme) => {
    const page = await open({ viewport: { width: 360, height: 640 }, colorScheme });
    await check(page, signed.Ed25519, ed25519Pem);
    expect(await page.evaluate(OVERFLOW)).toBe(0);
    await expect.poll(() => page.evaluate('result.getBoundingClientRect().top')).toBeLessThan(200);
    const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(background).toBe(colorScheme === 'light' ? 'rgb(244, 245, 247)' : 'rgb(16, 20, 26)');
  });
});

async function answered(page: Page): Promise<void> {
  const words =
    /^(Verified|Refused|Not checked|(Valid|Verified|Overdue) (license|list)|(License|List) refused)$/;
  await page.locator('h2', { hasText: words }).waitFor();
}

/** What a screen reader announces. */
async function said(page: Page): Promise<string> {
  return (await page.getByRole('status').innerText()).replace(/\n+/, ': ');
}

/** The list of facts, as it is seen. */
async function facts(page: Page): Promise<Readonly<Record<string, string>>> {
  const rows = await page.locator('dl > div:visible').all();
  const pairs = rows.map(async (row) => [
    await row.locator('dt').innerText(),
    await row.locator('dd').innerText(),
  ]);
  return Object.fromEntries(await Promise.all(pairs));
}

function payload(page: Page): Locator {
  return page.locator('pre');
}
