import { parentPort, workerData } from 'node:worker_threads';
import { scanBlocks } from './block-thread.js';

scanBlocks(workerData, (answer) => parentPort?.postMessage(answer));
