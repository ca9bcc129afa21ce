import { serve } from '../threads/serve.js';
import { type JudgedLine, type LineVerifierData, lineVerifier } from './line-verifier.js';
import type { PackedJob } from './packed-job.js';

serve<LineVerifierData, PackedJob, readonly JudgedLine[]>((data) => lineVerifier(data));
