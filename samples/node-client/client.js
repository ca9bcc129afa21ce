// A client app's share of the work: node client.js KEY < license.json
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseKeyring, verifyLicense } from 'keywright/license';

const keyring = parseKeyring(await readFile(new URL('keyring.json', import.meta.url), 'utf8'));
const policy = { product: 'acme', key: process.argv[2] ?? '', device: null, now: new Date() };
const verdict = await verifyLicense(await text(process.stdin), keyring, policy);
if (verdict.ok)
  console.log(`${verdict.entitlements.plan} until ${verdict.license.validUntil?.toISOString()}`);
else console.error(`no license (${verdict.reason}): ${verdict.hint}`);
process.exitCode = verdict.ok ? 0 : 1;
