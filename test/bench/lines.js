import { closeSync, openSync, writeSync } from 'node:fs';

const SYMBOLS = new TextEncoder().encode('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const GROUPS = 5;
const LINE_BYTES = 30;
const LINES_TOGETHER = 1 << 15;

/** Of so many lines the last one repeats an earlier one. */
const ONE_REPEATS_OF = 10;

/**
 * Writes `count` lines of 29 characters, 5×5 keys of base36, to a file. One line in ten repeats an earlier
 * one, any of them with the same chance. The same count makes the same file.
 *
 * @param {string} path
 * @param {number} count
 */
export function writeLines(path, count) {
  const bytes = new Uint8Array(LINES_TOGETHER * LINE_BYTES);
  const file = openSync(path, 'wx', 0o600);
  try {
    for (let line = 0, distinct = 0; line < count; ) {
      const end = Math.min(count, line + LINES_TOGETHER);
      let at = 0;
      for (; line < end; line++, at += LINE_BYTES) {
        const repeats = line % ONE_REPEATS_OF === ONE_REPEATS_OF - 1;
        putKey(bytes, at, repeats ? mixed(line, GROUPS) % distinct : distinct++);
      }
      writeSync(file, bytes, 0, at);
    }
  } finally {
    closeSync(file);
  }
}

/**
 * The key with that number: each group is a hash of it.
 *
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} number
 */
function putKey(bytes, start, number) {
  for (let group = 0, at = start; group < GROUPS; group++) {
    let rest = mixed(number, group);
    for (let place = 0; place < 5; place++) {
      bytes[at++] = SYMBOLS[rest % 36] ?? 0;
      rest = Math.floor(rest / 36);
    }
    bytes[at++] = group === GROUPS - 1 ? 0x0a : 0x2d;
  }
}

/**
 * The finaliser of MurmurHash3, after one round that tells the groups apart.
 *
 * @param {number} number
 * @param {number} group
 */
function mixed(number, group) {
  let value = Math.imul(number, 0x9e3779b1) + Math.imul(group + 1, 0x7feb352d);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d) ^ group;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
