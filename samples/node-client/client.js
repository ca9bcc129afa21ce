// A client app's share of the work: node client.js < response.json
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseKeyring, verifyResponse } from 'keywright/verify';

const keyring = parseKeyring(await readFile(new URL('keyring.json', import.meta.url), 'utf8'));
const answer = await text(process.stdin);
const verdict = await verifyResponse(answer, keyring, { role: 'product', product: 'acme', now: new Date() });
if (verdict.ok) console.log(`${verdict.payload.plan} until ${verdict.payload.expires}`);
else console.error(`no license (${verdict.reason}): ${verdict.hint}`);
process.exitCode = verdict.ok ? 0 : 1;
