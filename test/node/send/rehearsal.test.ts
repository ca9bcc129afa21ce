import { describe, expect, it } from 'vitest';
import { CALM, prepare, send, serverOf } from './rehearsal.js';

const [MINE, OTHER] = ['0b7e2a4c-5d3f-4a61-9c8e-7f1d2b3a4c5d', '5c2d9e1f-7a3b-4d60-8f42-6b1e0c9d8a75'];

describe("the sample's servers", () => {
  it.each([
    ['cryptlex', { productId: MINE }],
    ['cryptlex', { productId: MINE, licenseTemplateId: OTHER, userId: MINE, additionalUserIds: [OTHER] }],
    ['solifyn', { productId: 'prod_mine', customerId: MINE }],
    ['lukittu', { teamId: MINE, productIds: [OTHER, MINE], customerIds: [OTHER] }],
    ['getkeymanager', { product_id: 7 }],
  ] as const)('of %s take the import of whoever rehearses: %j', async (name, fields) => {
    const prepared = prepare(name, 4, fields);
    const { exchange, keys } = await serverOf(name, CALM);
    const { problems, done, requests } = await send(prepared, exchange);
    expect([problems, done]).toEqual([[], requests]);
    expect(await keys()).toEqual(prepared.keys);
  });

  it('refuse what is no JSON in their own words', async () => {
    const { exchange } = await serverOf('solifyn', CALM);
    const headers = { authorization: 'Bearer secret-two' };
    const request = { method: 'POST', url: '/v1/licenses', headers, body: '{' } as const;
    const { status, text } = await exchange(request);
    expect([status, text]).toEqual([400, expect.stringContaining('the body is not JSON')]);
  });
});
