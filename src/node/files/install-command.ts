import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The command that installs packages where this one looks for them. */
export function installCommand(...packages: readonly string[]): string {
  return ['npm install', ...(isGlobal() ? ['--global'] : []), ...packages].join(' ');
}

/** Whether npm has this package for all projects: what it has for one lies beside that one's package.json. */
function isGlobal(): boolean {
  const [holder, ...inside] = fileURLToPath(import.meta.url).split(`${sep}node_modules${sep}keywright${sep}`);
  return holder !== undefined && inside.length > 0 && !existsSync(join(holder, 'package.json'));
}
