import { formatUtcTime } from '../../../core/encoding/utc-time.js';
import {
  applyKeyringUpdate,
  type KeyringUpdate,
  type RefusedKeyringUpdate,
} from '../../../core/keyring-update/keyring-update.js';
import type { Keyring } from '../../../core/sign/keyring.js';
import { formatKeyring } from '../../../core/sign/keyring-changes.js';
import { shownJson } from '../../../node/files/file-error.js';
import { readTextFile } from '../../../node/files/text-file.js';
import { applyKeyringUpdateFile } from '../../../node/keyring-update/keyring-update-file.js';
import { OutputFiles } from '../../../node/publish/output-files.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, NO, UsageError } from '../../command/exit-code.js';
import { type Arguments, flag, flagged, inputFile, outputFile, text } from '../../command/options.js';
import { trustedKeyring } from '../../options/given-keys.js';
import { refuseSharedStdin } from '../../options/key-options.js';
import { keyMembers } from '../../reports/keyring-report.js';
import { jsonReport, listing } from '../../reports/listing.js';
import { faultSentence } from '../../reports/note-faults.js';

/** `keywright keyring apply`: what an app does with an update. */
export const keyringApplyCommand: Command = {
  name: 'keyring apply',
  operands: 'FILE UPDATE|- [options]',
  describe: 'Take an update of a keyring: exit 0 and the keyring that results, or exit 1 and the reason.',
  options: {
    out: outputFile('the keyring to write; else stdout', { alias: 'o' }),
    state: inputFile(
      'what is kept of updates, so that no older one is taken: a file that it makes, or replaces',
    ),
    force: flagged('replace a file that exists'),
    json: flagged('print JSON'),
  },
  examples: [
    ['The keyring that results', 'keyring apply embedded.json keyring.update'],
    [
      'As an app does at every start',
      'keyring apply embedded.json keyring.update --state state.json -o current.json --force',
    ],
    ['For a script', 'keyring apply embedded.json - --state state.json --json < keyring.update'],
  ],
  epilogue: [
    'FILE is the keyring that the app embeds, and never one that an update brought: it decides who may sign updates.',
    'Keys that FILE, or an update before, calls compromised stay so.',
  ].join('\n'),

  async run(args, context) {
    const [file, update, other] = context.operands;
    if (file === undefined || file === '-' || update === undefined || other !== undefined)
      throw new UsageError('keyring apply takes a FILE, the keyring, and an UPDATE');
    refuseSharedStdin([file, update]);
    const { inputs, io, signal } = context;
    const out = text(args, 'out');
    const outputs = new OutputFiles({ force: flag(args, 'force'), inputs, signal });
    try {
      if (out !== undefined) await outputs.check([out]);
      const trusted = await trustedKeyring(file, context);
      const given = await readTextFile(update, { stdin: io.stdin, signal });
      const answer = await applied(trusted, given, args, context);
      if (answer.ok && out !== undefined) {
        const written = await outputs.create(out, 0o644 & ~process.umask());
        await written.write(new TextEncoder().encode(formatKeyring(answer.keyring)));
        await outputs.publish();
      }
      await context.print(flag(args, 'json') ? asJson(answer, file, update) : asText(answer, out));
      return answer.ok ? DONE : NO;
    } finally {
      await outputs.discard();
    }
  },
};

async function applied(
  trusted: Keyring,
  update: string,
  args: Arguments,
  { operands, signal }: Context,
): Promise<KeyringUpdate | RefusedKeyringUpdate> {
  const [state, out] = [text(args, 'state'), text(args, 'out')];
  if (state === undefined) return applyKeyringUpdate(trusted, update);
  const inputs = [...operands, ...(out === undefined ? [] : [out]), '-'];
  return applyKeyringUpdateFile(trusted, update, state, { inputs, signal });
}

function asJson(answer: KeyringUpdate | RefusedKeyringUpdate, file: string, update: string): string {
  const { ok } = answer;
  if (!answer.ok) {
    const { reason, fault } = answer;
    return jsonReport('keyring-apply', {
      file,
      update,
      ok,
      reason,
      fault,
      message: faultSentence(reason, fault),
    });
  }
  const { name, number, kid, signedAt, keyring } = answer;
  const issued = formatUtcTime(signedAt);
  return jsonReport('keyring-apply', {
    file,
    update,
    ok,
    name,
    number,
    issued,
    kid,
    keys: keyMembers(keyring),
  });
}

function asText(answer: KeyringUpdate | RefusedKeyringUpdate, out: string | undefined): string {
  if (!answer.ok) return `refused: ${answer.reason}\n${faultSentence(answer.reason, answer.fault)}\n`;
  const { name, number, kid, signedAt, keyring } = answer;
  if (out === undefined) return shownJson(formatKeyring(keyring));
  return listing([
    ['name', name],
    ['number', String(number)],
    ['issued', formatUtcTime(signedAt)],
    ['signed by', kid],
    ['keys', String(keyring.keys.length)],
    ['written', out],
  ]);
}
