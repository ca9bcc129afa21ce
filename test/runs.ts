/** Whether all that the tests can try is to be tried, as the slow suite does. */
export const WHOLE = process.env['KEYWRIGHT_TEST_WHOLE'] === '1';

/** How often something is tried at random: `quick` times in `npm test`, `whole` times in the slow suite. */
export function runs(whole: number, quick: number): number {
  return WHOLE ? whole : quick;
}
