import {
  openRevocations,
  type RefusedRevocations,
  type Revocations,
} from '../../core/revocations/revocations.js';
import { readUnverified } from '../../core/revocations/unverified-revocations.js';
import type { Keyring } from '../../core/sign/keyring.js';
import { shownPath } from '../../node/files/file-error.js';
import { readRevocationsBytes } from '../../node/revocations/revocations-file.js';
import type { Context } from '../command/command.js';
import { type Arguments, list } from '../command/options.js';
import { faultSentence } from './note-faults.js';

/** The lists that `--revocations` names, opened as an app does; tells which of them are not believed, or overdue. */
export async function givenRevocations(
  args: Arguments,
  { io, signal, say }: Context,
  keyring: Keyring,
  product: string,
  now: Date,
): Promise<readonly (Revocations | RefusedRevocations)[]> {
  const opened: (Revocations | RefusedRevocations)[] = [];
  for (const path of list(args, 'revocations')) {
    const given = await readRevocationsBytes(path, { stdin: io.stdin, signal });
    // Which list it is, the file says itself, and the signature holds it: an app would expect one by its name.
    const unverified = readUnverified(given);
    const name = typeof unverified === 'string' ? 'unknown' : unverified.name;
    const answer = await openRevocations(given, keyring, { name, product, now });
    if (!answer.ok) say(`${shownPath(path)}: ${faultSentence(answer.cause ?? 'malformed', answer.fault)}`);
    else if (answer.isStale) say(`warning: ${shownPath(path)} was due to be issued anew: fetch the newest`);
    opened.push(answer);
  }
  return opened;
}
