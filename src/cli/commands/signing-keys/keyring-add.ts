import { isKeywrightError, KeywrightError } from '../../../core/errors.js';
import { decodeBareKey } from '../../../core/public-keys/bare-key.js';
import { parsePublicKeys } from '../../../core/public-keys/public-key-text.js';
import { ARTEFACTS, isPurpose } from '../../../core/sign/artefacts.js';
import type { Keyring, KeyringKey } from '../../../core/sign/keyring.js';
import { addPublicKeys, type KeyTerms } from '../../../core/sign/keyring-changes.js';
import type { PublicKey } from '../../../core/sign/public-key.js';
import { shownPath } from '../../../node/files/file-error.js';
import { isDemoKey } from '../../../node/sign/key-pairs.js';
import { readKeyText } from '../../../node/sign/key-text.js';
import { changeKeyringFile } from '../../../node/sign/keyring-file.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, UsageError } from '../../command/exit-code.js';
import {
  type Arguments,
  choice,
  flagged,
  inputFile,
  list,
  text,
  time,
  valued,
} from '../../command/options.js';
import { tellIgnored } from '../../options/given-keys.js';
import { ROLES, refuseSharedStdin } from '../../options/key-options.js';
import { keyringFile, printChange } from '../../reports/keyring-report.js';

/** `keywright keyring add`: public keys into a keyring, which is made when there is none. */
export const keyringAddCommand: Command = {
  name: 'keyring add',
  operands: 'FILE --public-key PEM [--public-key PEM …] [options]',
  describe: 'Add public keys to a keyring file; the file is made when there is none.',
  options: {
    'public-key': inputFile('a PEM or JWK file, or - for standard input; repeatable'),
    role: valued('product or global: what the keys may sign (default both)', { words: ROLES }),
    product: valued('the product the keys sign for (default none in particular)'),
    purpose: valued('what the keys are for; repeatable (default response and license)', { words: ARTEFACTS }),
    'valid-from': valued('the first instant of their validity: ISO 8601 or Unix seconds'),
    'valid-until': valued('the first instant after it'),
    json: flagged('print the keyring as JSON'),
  },
  examples: [
    ['The first key of a new keyring', 'keyring add keyring.json --public-key product.public.pem'],
    [
      'The next key, published before it signs',
      'keyring add keyring.json --public-key next.public.pem --role product --valid-from 2027-01-01',
    ],
    [
      'A key of one product only',
      'keyring add keyring.json --public-key acme.public.pem --product acme --json',
    ],
  ],
  epilogue: [
    'The file is a JWKS (RFC 7517), as keywright verify --keyring and JOSE libraries read it.',
    'Purposes: response, license, seal, list, keyring. A verifier believes no key of another purpose.',
  ].join('\n'),

  async run(args, context) {
    const file = keyringFile(context, 'keyring add');
    const paths = list(args, 'public-key');
    if (paths.length === 0)
      throw new UsageError('--public-key is missing: name the PEM file of a public key');
    refuseSharedStdin(paths);
    const terms = termsOf(args);
    const keys: PublicKey[] = [];
    for (const path of paths) keys.push(...(await readPublicKeys(path, context)));
    const add = (keyring?: Keyring) => addPublicKeys(keyring, keys, terms);
    const { signal } = context;
    const keyring = await changeKeyringFile(file, add, { create: add, inputs: paths, signal });
    for (const { kid } of keys) if (isDemoKey(kid)) context.say(DEMO_WARNING);
    const told = keys.map(({ kid, alg }) => `added     ${kid} (${alg})\n`).join('');
    await printChange(args, context, file, keyring, told);
    return DONE;
  },
};

const DEMO_WARNING =
  'warning: a demo key, whose private half is public: with this keyring, anybody can sign what is believed';

function termsOf(args: Arguments): KeyTerms {
  const role = choice(args, 'role', ROLES);
  const product = text(args, 'product');
  const [validFrom, validUntil] = [time(args, 'valid-from'), time(args, 'valid-until')];
  const purposes = list(args, 'purpose').map((purpose) => {
    if (isPurpose(purpose)) return purpose;
    throw new UsageError(`--purpose takes ${ARTEFACTS.join(', ')}, one each time: choose one of them`);
  });
  return { role, product, purposes: purposes.length === 0 ? undefined : purposes, validFrom, validUntil };
}

/** The keys of one file. A JWKS of another tool may hold several; what a keyring says of its keys is not taken over. */
async function readPublicKeys(path: string, context: Context): Promise<readonly PublicKey[]> {
  const { io, signal } = context;
  const given = await readKeyText(path, { stdin: io.stdin, signal });
  try {
    const { keys, ignored } = parsePublicKeys(given);
    tellIgnored(path, ignored, context);
    if (keys.some(hasTerms)) {
      throw new KeywrightError(
        'invalid_key',
        'the public key is of a keyring that says more about it: give it as PEM',
        {},
      );
    }
    if (decodeBareKey(given) !== undefined) {
      context.say(
        `warning: ${shownPath(path)} holds 32 bare bytes, taken for a public key: make sure that they are no seed`,
      );
    }
    return keys;
  } catch (error) {
    if (!isKeywrightError(error, 'invalid_key') && !isKeywrightError(error, 'invalid_keyring')) throw error;
    throw new KeywrightError('invalid_key', `${shownPath(path)}: ${error.message}`, {}, { cause: error });
  }
}

function hasTerms({ status, role, product, purposes, validFrom, validUntil }: KeyringKey): boolean {
  const terms = [role, product, purposes, validFrom, validUntil];
  return status !== 'active' || terms.some((term) => term !== undefined);
}
