import { expect, it } from 'vitest';
import { EventTurns } from '../../../src/node/files/event-turns.js';

it('a loop that computes lets timers run, and ends with the reason of a signal', async () => {
  const abort = new AbortController();
  const turns = new EventTurns(abort.signal);
  setTimeout(() => abort.abort(new Error('interrupted')), 0);
  const compute = async () => {
    for (;;) await turns.take();
  };
  await expect(compute()).rejects.toThrow('interrupted');
});

it('takes no turn before one is due', async () => {
  let ran = false;
  const turns = new EventTurns();
  setImmediate(() => {
    ran = true;
  });
  await turns.take();
  expect(ran).toBe(false);
});
