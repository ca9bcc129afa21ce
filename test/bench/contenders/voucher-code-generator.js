// voucher-code-generator makes the whole batch and keeps it unique itself; it draws from Math.random.
import { closeSync, openSync, writeSync } from 'node:fs';
import voucher from 'voucher-code-generator';

const [count = '', out = ''] = process.argv.slice(2);
const codes = voucher.generate({
  count: Number(count),
  pattern: '#####-#####-#####-#####-#####',
  charset: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ',
});
const file = openSync(out, 'w');
for (let start = 0; start < codes.length; start += 10_000) {
  writeSync(file, `${codes.slice(start, start + 10_000).join('\n')}\n`);
}
closeSync(file);
