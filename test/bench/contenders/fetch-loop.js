// node fetch-loop.js REQUESTS.jsonl: what one writes by hand to send requests, four at a time. It keeps no journal.
import { readFileSync } from 'node:fs';

const lines = readFileSync(process.argv[2] ?? '', 'utf8')
  .trimEnd()
  .split('\n')
  .values();

async function send() {
  // One iterator: each takes the next line.
  for (const line of lines) {
    const { method, url, headers, body, keys } = JSON.parse(line);
    const filled = { ...headers, Authorization: `Bearer ${process.env['CRYPTLEX_TOKEN']}` };
    const reply = await fetch(url, { method, headers: filled, body: JSON.stringify(body) });
    const { key } = /** @type {any} */ (await reply.json());
    if (!reply.ok || key !== keys[0]) throw new Error(`${reply.status}`);
  }
}
await Promise.all(Array.from({ length: 4 }, send));
