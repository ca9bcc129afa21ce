import { serve } from '../threads/serve.js';
import type { PackedJob } from './line-jobs.js';
import { type LineAnswer, type LineSignerData, lineSigner } from './line-signer.js';

serve<LineSignerData, PackedJob, LineAnswer>((data) => lineSigner(data));
