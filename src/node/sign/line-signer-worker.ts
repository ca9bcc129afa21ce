import { serve } from '../threads/serve.js';
import { type LineAnswer, type LineSignerData, lineSigner } from './line-signer.js';
import type { PackedJob } from './packed-job.js';

serve<LineSignerData, PackedJob, LineAnswer>(
  (data) => lineSigner(data),
  ({ bytes }) => [bytes.buffer],
);
