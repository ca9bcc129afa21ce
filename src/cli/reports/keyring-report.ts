import type { Keyring } from '../../core/sign/keyring.js';
import { thumbprint } from '../../core/sign/spki.js';
import type { Context } from '../command/command.js';
import { UsageError } from '../command/exit-code.js';
import { type Arguments, flag, text } from '../command/options.js';
import { jsonReport, listing } from './listing.js';

/** What every `keyring` command prints as JSON: the keyring as it is now. */
export function keyringJson(file: string, keyring: Keyring): string {
  return jsonReport('keyring-show', { file, keys: keyMembers(keyring) });
}

/** The keys of a keyring, for programs. */
export function keyMembers({ keys }: Keyring): readonly object[] {
  return keys.map((key) => {
    const { kid, alg, status, role = null, product = null, validFrom = null, validUntil = null } = key;
    const { purposes = null, kid_given = null } = key;
    const terms = { status, role, product, validFrom, validUntil, purposes };
    return { kid, alg, ...terms, kid_given, thumbprint: thumbprint(key) };
  });
}

/** The keys of a keyring, for people. */
export function keyringText({ keys }: Keyring): string {
  const blocks = keys.map((key) => {
    const { kid, alg, status, role = 'product and global', product, validFrom, validUntil } = key;
    return listing([
      ['kid', kid],
      ...(key.kid_given === undefined ? [] : [['given as', JSON.stringify(key.kid_given)] as const]),
      ['alg', alg],
      ['status', status],
      ['role', role],
      ...(product === undefined ? [] : [['product', JSON.stringify(product)] as const]),
      ...(key.purposes === undefined ? [] : [['purposes', key.purposes.join(', ')] as const]),
      ...(validFrom === undefined ? [] : [['from', validFrom] as const]),
      ...(validUntil === undefined ? [] : [['until', validUntil] as const]),
    ]);
  });
  return blocks.join('\n');
}

/** The answer to a change: the keyring as JSON with `--json`, else `told`. */
export async function printChange(
  args: Arguments,
  context: Context,
  file: string,
  keyring: Keyring,
  told: string,
): Promise<void> {
  await context.print(flag(args, 'json') ? keyringJson(file, keyring) : told);
}

/** The operand FILE of the commands that take no other. */
export function keyringFile({ operands: [file, other] }: Context, command: string): string {
  if (file === undefined || file === '' || file === '-' || other !== undefined) {
    throw new UsageError(`${command} takes one FILE: the keyring`);
  }
  return file;
}

/** The operands FILE and KID; the kid also as `--kid`, for one that begins with a dash. */
export function fileAndKid(args: Arguments, { operands }: Context, command: string) {
  const named = text(args, 'kid');
  const [file, kid, other] = named === undefined ? operands : [...operands.slice(0, 1), named, operands[1]];
  if (file === undefined || file === '' || file === '-' || kid === undefined || other !== undefined) {
    throw new UsageError(`${command} takes a FILE and one KID: "keyring show FILE" lists the kids`);
  }
  return { file, kid };
}
