import { readFileSync } from 'node:fs';
import { parsePrivateKey } from '../../../src/core/sign/private-key.js';
import { ed25519Signer, rsaSigner } from '../../../src/core/sign/signer.js';

/** The two demo pairs of `keys/`, and a second Ed25519 pair, from a seed that is as public as they are. */
export const demoEd25519 = parsePrivateKey(readFileSync('keys/demo-ed25519.private.pem', 'utf8'));
export const demoRsa = parsePrivateKey(readFileSync('keys/demo-rsa.private.pem', 'utf8'));

export const signers = { Ed25519: ed25519Signer(demoEd25519), RS256: rsaSigner(demoRsa) } as const;
