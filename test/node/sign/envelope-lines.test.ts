import fc from 'fast-check';
import { expect, it } from 'vitest';
import { signCheckedText } from '../../../src/core/sign/envelope.js';
import { EnvelopeLines } from '../../../src/node/sign/envelope-lines.js';
import { pkcs8Signer } from '../../../src/node/sign/native-signer.js';
import { demoEd25519, demoRsa } from '../../core/sign/demo-keys.js';

it('holds the envelopes that signCheckedText writes, however long and in whatever script (property)', async () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.integer({ min: 1, max: 90_000 }).map((n) => 'ä€𝄞'.repeat(n / 9)),
  );
  const roles = fc.constantFrom('product' as const, 'global' as const);
  const lines = new EnvelopeLines();
  for (const key of [demoEd25519, demoRsa]) {
    const signer = { ...pkcs8Signer(key.kid, key.alg, key.exportPkcs8()), publicKey: key.publicKey };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, roles), { maxLength: 4 }), async (payloads) => {
        const texts = payloads.map(([each, role]) => ({
          text: JSON.stringify({ each }),
          role,
        }));
        const wanted: string[] = [];
        for (const each of texts) {
          lines.sign(each, signer);
          wanted.push(`${await signCheckedText(each, signer)}\n`);
        }
        expect(Buffer.from(lines.taken()).toString()).toBe(wanted.join(''));
      }),
      { numRuns: 30 },
    );
  }
});
