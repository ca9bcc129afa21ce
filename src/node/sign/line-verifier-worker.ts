import { serve } from '../threads/serve.js';
import type { PackedJob } from './line-jobs.js';
import { type JudgedLine, type LineVerifierData, lineVerifier } from './line-verifier.js';

serve<LineVerifierData, PackedJob, readonly JudgedLine[]>((data) => lineVerifier(data));
