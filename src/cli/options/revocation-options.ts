import type { LicenseComparison } from '../../core/revocations/revoked-id.js';
import type { Signer } from '../../core/sign/signer.js';
import type { RevocationsFileOptions } from '../../node/revocations/revocations-file.js';
import { RevokedKeys } from '../../node/revocations/revoked-keys.js';
import type { VoidedKeys } from '../../node/revocations/voided-keys.js';
import type { Context } from '../command/command.js';
import { UsageError } from '../command/exit-code.js';
import {
  type Arguments,
  type CommandOptions,
  flagged,
  list,
  text,
  time,
  under,
  valued,
} from '../command/options.js';
import {
  asSigner,
  PRIVATE_KEY_OPTIONS,
  refuseSharedStdin,
  SIGNER_OPTIONS,
  signerGiven,
} from './key-options.js';
import { READING_OPTIONS, readingChoices } from './reading-options.js';

/** The options of every command that issues a list of revoked keys. */
export const ISSUING_OPTIONS: CommandOptions = {
  origin: valued('the origin of a seal, as "seal show" tells it: all keys of its batch; repeatable'),
  now: valued('the time of the issue: ISO 8601 or Unix seconds (default the clock)'),
  json: flagged('print JSON'),
  ...under('Signing', { ...PRIVATE_KEY_OPTIONS, ...SIGNER_OPTIONS }),
  ...under('Lists', READING_OPTIONS),
};

/** What a command that issues a list works with. */
export interface Issuing extends RevocationsFileOptions {
  /** The list. */
  readonly file: string;
  /** The lists of keys. */
  readonly keys: readonly string[];
  /** The origins of seals. */
  readonly origins: readonly string[];
  /** The batch that those are to be the keys of. */
  readonly voided?: VoidedKeys | undefined;
  readonly signer: Signer;
  readonly now: Date;
}

/** What {@link ISSUING_OPTIONS} and the operands say. */
export async function issuingOf(args: Arguments, context: Context, command: string): Promise<Issuing> {
  const [file, ...keys] = context.operands;
  if (file === undefined || file === '-')
    throw new UsageError(`${command} takes a FILE, the list, and behind it lists of license keys`);
  const named = ['private-key', 'passphrase', 'public-key', 'keyring'].map((name) => text(args, name));
  refuseSharedStdin([...keys, ...named]);
  const now = time(args, 'now') ?? new Date();
  const signer = await asSigner(await signerGiven(args, context));
  const read = ['private-key', 'public-key', 'keyring'].flatMap((name) => list(args, name));
  const origins = list(args, 'origin');
  // The list itself is none of them, for it is replaced, unless it is named once more.
  return { file, keys, origins, signer, now, inputs: [...keys, ...read, '-'], signal: context.signal };
}

/** Reads the lists of keys. */
export function keysReader({ keys, origins, voided }: Issuing, args: Arguments, { io, signal }: Context) {
  let read: Promise<RevokedKeys> | undefined;
  // Should the list change under our hands, standard input cannot be read again.
  return (comparison: LicenseComparison) => {
    read ??= RevokedKeys.read(keys, comparison, {
      ...readingChoices(args),
      origins,
      voided,
      stdin: io.stdin,
      signal,
    });
    return read;
  };
}
