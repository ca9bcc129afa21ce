import { serve } from '../threads/serve.js';
import { type BlockSignerData, blockSigner } from './block-signer.js';
import type { LicenseBlock } from './license-block.js';

serve<BlockSignerData, LicenseBlock, Uint8Array<ArrayBuffer>>(
  (data) => blockSigner(data),
  ({ buffer }) => [buffer],
);
