import fc from 'fast-check';
import { expect, it } from 'vitest';
import { signCheckedText } from '../../../src/core/sign/envelope.js';
import { blockSigner } from '../../../src/node/license/block-signer.js';
import { BlockWriter, type KeyedBlock } from '../../../src/node/license/license-block.js';
import { payloadOf, type UnsignedLicense } from '../../../src/node/license/license-texts.js';
import { envelopeFrame } from '../../../src/node/sign/envelope-frame.js';
import { pkcs8Signer } from '../../../src/node/sign/native-signer.js';
import { demoEd25519, demoRsa } from '../../core/sign/demo-keys.js';

/** Parts of which some licenses share those around the key, as long as others' and not, in whatever script. */
const licenses = fc.array(
  fc
    .record({
      before: fc.constantFrom('{"key":', '{"of":"ü","key":', '{"k":'),
      spelled: fc.constantFrom('', '"A-1"', '"B-2"', '"B-22"', '"ＡＢ"', '"Ａ-"', '"A\\"1"'),
      after: fc.constantFrom('}', ',"z":"𝄞"}', '', ',"a":1}', 'x'.repeat(90_000)),
    })
    .map((parts): UnsignedLicense => ({ ...parts, key: parts.spelled, isExpired: false })),
  { maxLength: 12 },
);

it.each([
  ['Ed25519', demoEd25519, 'product'],
  ['RSA', demoRsa, 'global'],
] as const)('becomes the lines that are signed one by one, by %s (property)', async (_, key, role) => {
  const data = { form: 'envelope', kid: key.kid, alg: key.alg, pkcs8: key.exportPkcs8(), role } as const;
  const signer = pkcs8Signer(key.kid, key.alg, data.pkcs8);
  const signatureLength = 4 * Math.ceil(signer.signatureBytes / 3);
  const sign = blockSigner(data);
  const writer = new BlockWriter(5, { frame: envelopeFrame(role), signatureLength });
  await fc.assert(
    fc.asyncProperty(licenses, fc.boolean(), async (some, recycled) => {
      const blocks = [...some.map((license) => writer.add(license)), writer.end()];
      const lines: string[] = [];
      const keys: string[] = [];
      for (const block of blocks.filter((each): each is KeyedBlock => each !== undefined)) {
        const bytes = await sign(block);
        lines.push(Buffer.from(bytes).toString());
        keys.push(...block.keys);
        if (recycled) writer.recycle(bytes.buffer);
      }
      const wanted = some.map((license) => signCheckedText({ text: payloadOf(license), role }, signer));
      expect(lines.join('')).toBe((await Promise.all(wanted)).map((line) => `${line}\n`).join(''));
      expect(keys).toEqual(some.map((license) => license.key));
    }),
    { numRuns: 40 },
  );
});
