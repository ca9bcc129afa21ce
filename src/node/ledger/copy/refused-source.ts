import { KeywrightError } from '../../../core/errors.js';
import type { LedgerSnapshot } from '../model/copying.js';
import { damagedLedger, movedLedger, unfinishedCopy } from '../model/ledger-error.js';

export function sameLedger(name: string): KeywrightError<'same_file'> {
  const message = `${name} is the ledger that is to be copied: name another one`;
  return new KeywrightError('same_file', message, { path: name });
}

/** Refuses a ledger of which something was found that does not fit together. */
export function refuseFaults(name: string, [fault]: readonly string[]): void {
  if (fault !== undefined) throw damagedLedger(name, `is damaged (${fault}), and was not copied: restore it`);
}

/** Refuses a ledger that holds half a copy, or went on elsewhere. */
export function refuseUnfit({ marks }: LedgerSnapshot, name: string, to: string | undefined): void {
  if (marks.copying) throw unfinishedCopy(name);
  if (marks.movedTo !== null && marks.movedTo !== to) throw movedLedger(name, marks.movedTo, marks.movedAt);
}
