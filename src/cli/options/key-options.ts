import type { PrivateKey } from '../../core/sign/private-key.js';
import type { PublicKey } from '../../core/sign/public-key.js';
import type { Signer } from '../../core/sign/signer.js';
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

/** `--private-key` and `--passphrase`, wherever something is signed. */
export const PRIVATE_KEY_OPTIONS: CommandOptions = {
  'private-key': inputFile('what signs: a PEM or JWK file, env:NAME, or - for standard input'),
  passphrase: PASSPHRASE,
};

/** The options of every command that signs envelopes. */
export const SIGNING_OPTIONS: CommandOptions = {
  ...PRIVATE_KEY_OPTIONS,
  role: valued('product or global: what the key signs for (default product)', { words: ROLES }),
  'json-style': valued('compact, or php for the bytes that json_encode writes (default compact)', {
    words: ['compact', 'php'],
  }),
  now: valued('the time of signing: ISO 8601 or Unix seconds (default the clock)'),
};

/** The options of every command that can have a program sign, in place of `--private-key`. */
export const SIGNER_OPTIONS: CommandOptions = {
  signer: valued(
    'a program that signs, in place of --private-key: the message on stdin, and as the file {}; no shell',
    { names: 'program' },
  ),
  'public-key': inputFile('the key that verifies what --signer signs: a PEM, JWK or certificate file'),
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

/**
 * What is to sign: the private key of `--private-key`, or the program of `--signer`; exactly one of them is given. For
 * commands with {@link SIGNER_OPTIONS}.
 */
export async function signerGiven(args: Arguments, context: Context): Promise<PrivateKey | Signer> {
  const [command, path] = [text(args, 'signer'), text(args, 'public-key')];
  if (text(args, 'private-key') !== undefined) {
    if (command !== undefined)
      throw new UsageError('--private-key and --signer contradict each other: give one');
    if (path !== undefined) throw new UsageError('--public-key goes with --signer: leave it out');
    return signingKey(args, context);
  }
  if (command === undefined) {
    throw new UsageError(
      '--private-key is missing: name a file, env:NAME, or - for standard input; or else give --signer',
    );
  }
  if (path === undefined)
    throw new UsageError('--public-key is missing: name the key that verifies what --signer signs');
  if (text(args, 'passphrase') !== undefined)
    throw new UsageError('--passphrase goes with --private-key: leave it out');
  const { externalSigner } = await import('../../node/sign/external-signer.js');
  const { env } = context.io;
  return externalSigner(command, await onlyPublicKey(path, context), { env, signal: context.signal });
}

/** What {@link signerGiven} found, where nothing but its signatures matters. */
export async function asSigner(given: PrivateKey | Signer): Promise<Signer> {
  if ('sign' in given) return given;
  const { nativeSigner } = await import('../../node/sign/native-signer.js');
  return nativeSigner(given);
}

/** The one key that `--public-key` names, where a signature is made. */
export async function onlyPublicKey(path: string, { io, signal }: Context): Promise<PublicKey> {
  const { readPublicKeyFile } = await import('../../node/sign/public-key-file.js');
  const [key, other] = await readPublicKeyFile(path, { stdin: io.stdin, signal });
  if (key !== undefined && other === undefined) return key;
  throw new UsageError('--public-key holds several keys: name the one that verifies the signature');
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
