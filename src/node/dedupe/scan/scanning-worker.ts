import { KeyComparer } from '../../../core/dedupe/key-comparer.js';
import { serve } from '../../threads/serve.js';
import { type BlockQuestion, BlockScanner, type ScannedBlock, type ScanningData } from './block-scanner.js';

serve<ScanningData, BlockQuestion, ScannedBlock>(({ text, rule, words, slots }) => {
  const scanner = new BlockScanner(text, new KeyComparer(rule, words));
  return async ({ begin, slot }) => {
    const arrays = slots[slot];
    if (arrays === undefined) throw new Error('a slot that is not there');
    return scanner.scan(begin, arrays);
  };
});
