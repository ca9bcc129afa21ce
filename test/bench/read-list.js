// read-list.js FILE: reads a list of keys, and does nothing with them.
import { openKeyFile } from 'keywright/node';

const file = await openKeyFile(process.argv[2] ?? '');
for await (const _ of file.rows());
