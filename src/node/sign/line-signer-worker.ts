import { serve } from '../threads/serve.js';
import { type LineAnswer, type LineJob, type LineSignerData, lineSigner } from './line-signer.js';

serve<LineSignerData, LineJob, LineAnswer>((data) => lineSigner(data));
