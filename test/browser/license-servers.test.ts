import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import {
  activation,
  answerChallenge,
  CLAIMS,
  cryptlexWebhook,
  makeToken,
  NOW,
  publicKey,
  solifynWebhook,
} from '../core/vendors/license-servers.js';
import { inEveryBrowser } from './windows.js';

/** Where `crypto.subtle` is, and where it is not. */
const SECURE = 'http://localhost/';
const PLAIN = 'http://license.test/';

inEveryBrowser('what license servers sign,', ({ blank }) => {
  /** An empty page with one import of ours, as a client bundles it, under the name `keywright`. */
  async function open(imported: string, url = SECURE): Promise<Page> {
    const page = await blank();
    await page.route('**', (route) => route.fulfill({ body: '<!doctype html>', contentType: 'text/html' }));
    await page.goto(url);
    const { outputFiles } = await build({
      stdin: { contents: imported, resolveDir: '.' },
      bundle: true,
      minify: true,
      platform: 'browser',
      format: 'iife',
      globalName: 'keywright',
      target: 'es2023',
      write: false,
    });
    await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
    return page;
  }

  const call = (page: Page, name: string, ...args: readonly string[]): Promise<unknown> =>
    page.evaluate(`keywright.${name}(${args.join(', ')})`);

  /** The arguments as a script spells them; the clock is NOW. */
  const spelled = (value: object) => `{ ...${JSON.stringify(value)}, now: new Date(${NOW * 1000}) }`;

  describe('newChallenge and verifyChallenge', () => {
    const imported = "export { newChallenge, verifyChallenge } from 'keywright/vendors/lukittu';";

    it('draw a challenge, take its answer, and no other', async () => {
      const page = await open(imported);
      const challenge = String(await call(page, 'newChallenge'));
      expect(challenge).toMatch(/^[A-Za-z0-9_-]{43}$/);
      const answer = { challenge, challengeResponse: answerChallenge(challenge), publicKey };
      const verify = (change: object) =>
        call(page, 'verifyChallenge', JSON.stringify({ ...answer, ...change }));
      expect(await verify({})).toEqual({ ok: true });
      const wrapped = Buffer.from(publicKey).toString('base64');
      expect(await verify({ publicKey: [wrapped] })).toEqual({ ok: true });
      expect(await verify({ challenge: `${challenge}x` })).toMatchObject({ reason: 'bad_signature' });
      const tailed = `${answer.challengeResponse}zz`;
      expect(await verify({ challengeResponse: tailed })).toMatchObject({ reason: 'malformed' });
    });

    it('says so on a page without crypto.subtle', async () => {
      const page = await open(imported, PLAIN);
      const challenge = String(await call(page, 'newChallenge'));
      const answer = { challenge, challengeResponse: answerChallenge(challenge), publicKey };
      expect(await call(page, 'verifyChallenge', JSON.stringify(answer))).toMatchObject({
        ok: false,
        reason: 'unsupported',
      });
    });
  });

  describe('verifyActivationToken', () => {
    const imported = "export { verifyActivationToken } from 'keywright/vendors/cryptlex';";

    it('takes a token in force, tells what lapsed, and refuses the rest', async () => {
      const page = await open(imported);
      const verify = (token: unknown) =>
        call(page, 'verifyActivationToken', JSON.stringify(token), spelled(activation));
      expect(await verify(makeToken())).toEqual({ ok: true, code: 'LA_OK', claims: CLAIMS });
      const expired = { ...CLAIMS, eat: NOW - 1 };
      expect(await verify(makeToken(expired))).toMatchObject({ code: 'LA_EXPIRED', claims: expired });
      const unsigned = makeToken(CLAIMS, { alg: 'none' });
      for (const token of [unsigned, makeToken().slice(0, -1), `${makeToken()}=`, null]) {
        expect(await verify(token)).toMatchObject({ ok: false, code: 'LA_FAIL', claims: null });
      }
    });

    it('says so on a page without crypto.subtle', async () => {
      const page = await open(imported, PLAIN);
      const verdict = await call(
        page,
        'verifyActivationToken',
        JSON.stringify(makeToken()),
        spelled(activation),
      );
      expect(verdict).toMatchObject({ ok: false, code: 'LA_FAIL', hint: expect.stringContaining('https') });
    });
  });

  it.each([
    { vendor: 'cryptlex', webhook: cryptlexWebhook, wanted: { ok: true } },
    {
      vendor: 'solifyn',
      webhook: solifynWebhook,
      wanted: { ok: true, id: solifynWebhook.headers['webhook-id'], timestamp: NOW },
    },
  ])(
    'verifyWebhook of $vendor takes what was sent, as fetch hands it on, and no other body',
    async ({ vendor, webhook, wanted }) => {
      const imported = `export { verifyWebhook } from 'keywright/vendors/${vendor}';`;
      const page = await open(imported);
      const received = (change: string) =>
        `{ ...${spelled(webhook)}, headers: new Headers(${JSON.stringify(webhook.headers)}), ${change} }`;
      expect(await call(page, 'verifyWebhook', received(''))).toEqual(wanted);
      const bytes = `body: new TextEncoder().encode(${JSON.stringify(webhook.body)})`;
      expect(await call(page, 'verifyWebhook', received(bytes))).toEqual(wanted);
      const parsed = `body: ${webhook.body}`;
      expect(await call(page, 'verifyWebhook', received(parsed))).toMatchObject({ reason: 'malformed' });
      const changed = `body: ${JSON.stringify(`${webhook.body} `)}`;
      expect(await call(page, 'verifyWebhook', received(changed))).toMatchObject({ reason: 'bad_signature' });
      const plain = await open(imported, PLAIN);
      expect(await call(plain, 'verifyWebhook', received(''))).toMatchObject({ reason: 'unsupported' });
    },
  );
});
