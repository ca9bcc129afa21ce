import { parentPort, workerData } from 'node:worker_threads';
import { isKeywrightError } from '../../../core/errors.js';
import {
  buffersOf,
  type FingerprintAnswer,
  type FingerprintJob,
  type FingerprintWorkerData,
} from './fingerprint-job.js';
import { Fingerprinter } from './fingerprints.js';

const { secret, comparison }: FingerprintWorkerData = workerData;
const fingerprinter = new Fingerprinter(secret, comparison);

parentPort?.on('message', (job: FingerprintJob) => {
  const answer = answerTo(job);
  const made = 'fingerprints' in answer ? [answer.fingerprints.bytes, answer.fingerprints.order] : [];
  const buffers = made.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
  parentPort?.postMessage(answer, [...buffersOf(job.keys), ...buffers]);
});

/** An error's class and code do not survive the way between threads. */
function answerTo({ id, set, keys, rated }: FingerprintJob): FingerprintAnswer {
  try {
    return { id, keys, fingerprints: fingerprinter.fingerprint(set, keys, rated) };
  } catch (error) {
    if (!isKeywrightError(error, 'not_a_key')) throw error;
    return { id, keys, message: error.message, position: error.details.position ?? 1 };
  }
}
