import { VoidedKeys } from '../../../node/revocations/voided-keys.js';
import type { Context } from '../../command/command.js';
import { UsageError } from '../../command/exit-code.js';
import { type Arguments, type CommandOptions, text, under, valued } from '../../command/options.js';
import { LEDGER_OPTIONS, withOptionalLedger } from '../../options/ledger-options.js';
import type { Issuing } from '../../options/revocation-options.js';

/** The options of every command that can revoke all keys of a batch that its ledger took back. */
export const VOIDED_BATCH_OPTIONS: CommandOptions = under('Ledger', {
  ...LEDGER_OPTIONS,
  'batch-id': valued('a voided batch of that ledger: KEYS are all of its keys, and no others'),
});

/** Works with the voided batch that {@link VOIDED_BATCH_OPTIONS} name, where they do: the lists are held against it. */
export async function withVoidedBatch<T>(
  args: Arguments,
  context: Context,
  issuing: Issuing,
  work: (issuing: Issuing) => Promise<T>,
): Promise<T> {
  const batch = text(args, 'batch-id');
  if (batch !== undefined && issuing.keys.length === 0)
    throw new UsageError('a ledger holds no keys: name the key files of the batch');
  if (batch === undefined && text(args, 'ledger') !== undefined)
    throw new UsageError('--ledger goes with --batch-id: say which batch was voided');
  return withOptionalLedger(args, context, async (ledger) => {
    const voided = ledger && (await VoidedKeys.of(ledger, batch ?? ''));
    return work({ ...issuing, voided, inputs: [...(issuing.inputs ?? []), ...(ledger?.files ?? [])] });
  });
}
