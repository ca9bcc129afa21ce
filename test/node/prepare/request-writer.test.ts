import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/encoding/json-text.js';
import type { ImportRow, RequestResult } from '../../../src/core/vendors/server/vendor.js';
import { Problems } from '../../../src/node/fields/problems.js';
import type { RequestsOutput } from '../../../src/node/prepare/output.js';
import { RequestWriter } from '../../../src/node/prepare/request-writer.js';
import type { PreparingVendor } from '../../../src/node/prepare/targets.js';

const now = new Date('2026-03-01T12:00:00Z');

/** A vendor whose keys must not begin with `bad`. */
const vendor: PreparingVendor = {
  vendorName: 'Plain',
  createRequestJsonSchema: () => ({}),
  keysPerRequest: 1000,
  pace: { requests: 1, seconds: 1, documented: false, advised: 1 },
  quotas: [],
  prepareFields: { key: 'keys', secret: [], path: [] },
  prepareRequest: (rows: readonly ImportRow[]): RequestResult => {
    const issues = rows.flatMap(({ key }, index) =>
      key.startsWith('bad') ? [{ path: ['keys', index], message: 'is bad' }] : [],
    );
    if (issues.length > 0) return { ok: false, issues };
    const keys = rows.map(({ key }) => key);
    const request = {
      method: 'POST',
      url: 'https://x.example',
      headers: {},
      idempotencyKey: keys.join(),
      keys,
    };
    return { ok: true, request, warnings: [] };
  },
};

async function write(
  fieldsOf: (n: number) => JsonObject,
  count: number,
  chunk: number,
  keyOf = (n: number) => `K${n}`,
) {
  let written = 0;
  let most = 0;
  const output: Pick<RequestsOutput, 'write'> = {
    write: async () => {
      written++;
    },
  };
  const problems = new Problems();
  const writer = new RequestWriter(vendor, { fields: {}, now }, chunk, output, problems);
  for (let n = 0; n < count; n++) {
    await writer.add({
      key: keyOf(n),
      fields: fieldsOf(n),
      place: { path: 'a.csv', line: n + 2, ordinal: n },
    });
    most = Math.max(most, n + 1 - written);
  }
  await writer.end();
  return { written, writer, problems, most };
}

describe('RequestWriter', () => {
  it('does not let more than 50,000 rows wait when each has fields of its own', async () => {
    const { written, writer, most } = await write((n) => ({ n }), 60_000, 1000);
    expect(writer.tally).toMatchObject({ keys: 60_000, requests: 60_000 });
    expect(written).toBe(60_000);
    expect(most).toBe(50_000);
  });

  it('leaves out the bad keys of a request and sends the others', async () => {
    const { writer, problems } = await write(
      () => ({}),
      25,
      10,
      (n) => (n % 5 === 0 ? `bad${n}` : `K${n}`),
    );
    expect(writer.tally).toMatchObject({ keys: 20, requests: 3 });
    expect(problems.rows).toBe(5);
    expect(problems.groups).toMatchObject([
      { field: 'keys', message: 'is bad', rows: 5, examples: [{ line: 2 }, { line: 7 }, { line: 12 }] },
    ]);
  });
});
