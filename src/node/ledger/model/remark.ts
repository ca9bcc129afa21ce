import { KeywrightError } from '../../../core/errors.js';

const MOST = 500;

/**
 * Refuses what no ledger keeps as a name, a comment or a reason: `option` is what the text was given as.
 *
 * @throws {KeywrightError} `invalid_option`.
 */
export function refuseUnfitRemark(option: 'by' | 'comment' | 'reason', text: string): void {
  const isOneLine = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u.test(text) && text.trim() !== '';
  if (isOneLine && [...text].length <= MOST) return;
  const message = `the ${option} is one line of 1 to ${MOST} characters, without control characters: shorten or correct it`;
  throw new KeywrightError('invalid_option', message, { option });
}
