import type { Io } from './io.js';

/** Colors a text, or leaves it as it is. */
export type Paint = (color: 'red' | 'green', text: string) => string;

const CODES = { red: 31, green: 32 } as const;

/**
 * What colors texts for stdout: on a terminal, unless NO_COLOR is set (https://no-color.org) or the terminal is dumb;
 * FORCE_COLOR colors elsewhere, too.
 */
export function paintFor({ env, stdout }: Io): Paint {
  const set = (name: string) => (env[name] ?? '') !== '';
  const forced = set('FORCE_COLOR') && env['FORCE_COLOR'] !== '0';
  const able = stdout.isTTY === true && env['TERM'] !== 'dumb' && env['FORCE_COLOR'] !== '0';
  const colored = !set('NO_COLOR') && (forced || able);
  return (color, text) => (colored ? `\u001b[${CODES[color]}m${text}\u001b[39m` : text);
}
