import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readVectors } from '../../clients/vector-case.js';
import { newFolder } from '../../new-folder.js';
import { installPackage } from './installed-package.js';
import { RUNTIMES } from './runtimes.js';

const CASES = readVectors();
/** Those that RSA decides. That no key is of the signature's length is seen without. */
const BY_RSA = CASES.filter(
  ({ needs, expect: { reason } }) => needs?.includes('rsa') && reason !== 'unknown_key',
);
const PAGE = 'docs/runtimes.md';
/** The rows of its table. */
const ROWS = /(?<=^\| runtime .*\n\|---.*\n)(?:\|.*\n)+/m;

describe('the packed tarball answers all vectors', () => {
  const project = newFolder();
  const rows = new Map<string, string>();

  beforeAll(() => installPackage(project), 60_000);

  describe.concurrent.each(RUNTIMES)('in $name', ({ name, path, loads, isBare, answer }) => {
    const missing = 'SKIPPED: it is not installed (npm packages: where RUNTIMES says)';
    it.skipIf(path === undefined)(path === undefined ? missing : 'as they are to be answered', async () => {
      const { version, answers } = await answer(project);
      const unsupported = isBare ? BY_RSA : [];
      const wanted = CASES.map((one) =>
        unsupported.includes(one) ? { ok: false, reason: 'unsupported' } : one.expect,
      );
      expect(named(answers)).toEqual(named(wanted));
      const count = isBare
        ? `${CASES.length - unsupported.length}; the ${unsupported.length} by RSA are refused as \`unsupported\``
        : `all ${CASES.length}`;
      rows.set(name, `| ${name} | ${version} | ${loads} | ${count} |\n`);
    });
  });

  it.skipIf(RUNTIMES.some(({ path }) => path === undefined))(
    `${PAGE} says in which (else run this with WRITE_PAGES=1)`,
    () => {
      const table = RUNTIMES.map(({ name }) => rows.get(name)).join('');
      const page = readFileSync(PAGE, 'utf8');
      const written = page.replace(ROWS, () => table);
      if (process.env['WRITE_PAGES'] === '1') writeFileSync(PAGE, written);
      else expect(lasting(ROWS.exec(page)?.[0] ?? '')).toBe(lasting(table));
    },
  );
});

/** Each answer with its case, so that a difference names it. */
function named(answers: readonly unknown[]): readonly unknown[] {
  return answers.map((answer, at) => ({ case: `${CASES[at]?.kind}: ${CASES[at]?.name}`, answer }));
}

/** Versions are those of the run that wrote the page. */
function lasting(rows: string): string {
  return rows.replace(/(?<=^\|[^|]*\|)[^|]*/gm, '');
}
