import { memoryLedger } from '../../../src/node/ledger/memory.js';
import { describeLedger } from './contract.js';

describeLedger('in memory', {
  open: async ({ exact = false } = {}) => memoryLedger({ comparison: exact ? 'exact' : 1 }),
});
