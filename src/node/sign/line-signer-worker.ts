import { parentPort, workerData } from 'node:worker_threads';
import { type LineJob, lineSigner } from './line-signer.js';

const sign = lineSigner(workerData);

parentPort?.on('message', async (job: LineJob) => {
  parentPort?.postMessage(await sign(job));
});
