import { KeywrightError } from '../errors.js';
import type { KeyFormat } from '../format/key-format.js';
import { letterOfBothCases } from '../format/letter-case.js';

/** Whether case is folded, tells keys apart, or is for the user to decide where keys mix cases. */
export type CaseRule = 'fold' | 'exact' | 'ask';

/** What decides how lists are compared. */
export interface CaseEvidence {
  readonly exact?: boolean | undefined;
  readonly ignoreCase?: boolean | undefined;
  /** The formats that the keys of the lists have; none when nobody said. */
  readonly formats: readonly KeyFormat[];
}

/**
 * How lists are compared: as the user says; else exactly where the keys of all formats may differ in case alone, and
 * with case folded where those of none may. Where nothing says so, keys that mix cases are a question.
 *
 * @throws {KeywrightError} `invalid_option` for `exact` and `ignoreCase` together.
 */
export function caseRule({ exact = false, ignoreCase = false, formats }: CaseEvidence): CaseRule {
  if (exact && ignoreCase) {
    const message = 'keys are compared exactly or without their case: choose one of both';
    throw new KeywrightError('invalid_option', message, { option: 'exact' });
  }
  if (exact) return 'exact';
  if (ignoreCase) return 'fold';
  const sensitive = formats.filter((format) => letterOfBothCases(format) !== undefined);
  if (formats.length === 0 || (sensitive.length > 0 && sensitive.length < formats.length)) return 'ask';
  return sensitive.length > 0 ? 'exact' : 'fold';
}
