import { parentPort, workerData } from 'node:worker_threads';
import { lookUpBlocks } from './lookup-thread.js';

lookUpBlocks(workerData, (answer) => parentPort?.postMessage(answer));
