import type { PrivateKey } from '../../core/sign/private-key.js';
import type { PrivateKeySources } from '../../node/sign/key-pairs.js';
import type { Context } from '../command/command.js';
import { UsageError } from '../command/exit-code.js';
import {
  type Arguments,
  type CommandOption,
  type CommandOptions,
  choice,
  inputFile,
  text,
  valued,
} from '../command/options.js';

/** What a key may sign for. */
export const ROLES = ['product', 'global'] as const;

/** `--passphrase`, wherever a private key is read. */
export const PASSPHRASE: CommandOption = valued(
  'of an encrypted private key: env:NAME, or - for standard input',
);

/** The options of every command that signs. */
export const SIGNING_OPTIONS: CommandOptions = {
  'private-key': inputFile('what signs: a PEM or JWK file, env:NAME, or - for standard input'),
  passphrase: PASSPHRASE,
  role: valued('product or global: what the key signs for (default product)', { words: ROLES }),
  'json-style': valued('compact, or php for the bytes that json_encode writes (default compact)', {
    words: ['compact', 'php'],
  }),
  now: valued('the time of signing: ISO 8601 or Unix seconds (default the clock)'),
};

/** A private key is a few thousand characters long, a passphrase even less. */
const LONGEST = 65_536;

/** The private key that is to sign; warns when it is a demo key. */
export async function signingKey(args: Arguments, context: Context): Promise<PrivateKey> {
  const source = text(args, 'private-key');
  if (source === undefined) {
    throw new UsageError('--private-key is missing: name a file, env:NAME, or - for standard input');
  }
  const { isDemoKey, readPrivateKey } = await import('../../node/sign/key-pairs.js');
  const key = await readPrivateKey(source, keySources(args, context));
  if (isDemoKey(key.kid)) {
    context.say('warning: a demo key signs, whose private half is public: nobody should believe the result');
  }
  return key;
}

/** The role and the style to sign with. */
export function signOptions(args: Arguments) {
  const role = choice(args, 'role', ROLES) ?? 'product';
  const style = choice(args, 'json-style', ['compact', 'php']) ?? 'compact';
  return { role, style } as const;
}

/** Where a private key and its passphrase may come from. */
export function keySources(args: Arguments, context: Context): PrivateKeySources {
  const { env } = context.io;
  const { signal } = context;
  const passphrase = text(args, 'passphrase');
  if (passphrase === undefined) return { env, signal, stdin: () => readStdin(context) };
  // Nothing is quoted here, for it may be the passphrase itself.
  const name = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(passphrase)?.[1];
  if (passphrase !== '-' && name === undefined) {
    throw new UsageError('--passphrase takes env:NAME or -: on the command line others could read it');
  }
  return {
    env,
    signal,
    stdin: () => readStdin(context),
    passphrase: async () => {
      if (name === undefined) return (await readStdin(context)).replace(/\r?\n$/, '');
      const found = env[name];
      if (found !== undefined && found !== '') return found;
      throw new UsageError('the environment variable that --passphrase names is not set: set it');
    },
  };
}

async function readStdin(context: Context): Promise<string> {
  const { readTextFile } = await import('../../node/files/text-file.js');
  return readTextFile('-', { stdin: context.io.stdin, signal: context.signal, most: LONGEST });
}

/** Refuses to read standard input for two things. */
export function refuseSharedStdin(sources: readonly (string | undefined)[]): void {
  if (sources.filter((source) => source === '-').length > 1) {
    throw new UsageError('standard input can be read once: name - once, and files or env:NAME for the rest');
  }
}

/** The file to work on: the one operand; `-`, standard input, when there is none. */
export function inputOf({ operands, io }: Context, what: string): string {
  const [path, other] = operands;
  if (other !== undefined) throw new UsageError(`there are two operands: name one ${what}`);
  if (path === undefined && io.stdin.isTTY === true) {
    throw new UsageError(`there is no ${what}: name a file, or - for standard input`);
  }
  return path ?? '-';
}
