import { parentPort, workerData } from 'node:worker_threads';
import { drawShare } from './drawing-job.js';

drawShare(workerData, (report) => parentPort?.postMessage(report));
