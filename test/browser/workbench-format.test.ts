import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { buildPage } from '../../samples/browser/build.js';
import { DEFAULT_FORMAT, parseFormat } from '../../src/index.js';
import { newFolder } from '../new-folder.js';
import { axeFindings } from './axe-findings.js';
import { inEveryBrowser, OVERFLOW } from './windows.js';

const PAGE = resolve('samples/browser/workbench.html');
const FILE = pathToFileURL(PAGE).href;

it('samples/browser/workbench.html is what its sources make (else: npm run build && node samples/browser/build.js)', async () => {
  expect(readFileSync(PAGE, 'utf8') === (await buildPage('workbench.html'))).toBe(true);
});

it('the workbench takes at most 250 kB, and its picture 150 kB', () => {
  expect(statSync(PAGE).size).toBeLessThanOrEqual(250_000);
  expect(statSync('samples/browser/workbench.png').size).toBeLessThanOrEqual(150_000);
});

inEveryBrowser("the workbench's formats", (windows) => {
  const open = (options?: Parameters<typeof windows.open>[1]) => windows.open(FILE, options);

  it('shows ten keys of the format that is typed, and what it is', async () => {
    const page = await open();
    await page.locator('#spec').fill('AA-9999-XXX');
    await page.locator('#prefix').fill('ACME-');
    await page.locator('#alphabet').selectOption('crockford32');
    const format = parseFormat('AA-9999-XXX', { prefix: 'ACME-', alphabet: 'crockford32' });
    const keys = await page.locator('#examples li').allInnerTexts();
    expect(new Set(keys).size).toBe(10);
    expect(keys.filter((key) => !format.test(key))).toEqual([]);
    expect(await facts(page)).toEqual({
      Mask: '\\A\\C\\M\\E-AA-9999-XXX',
      Regex: format.regex.source,
      Length: '16 characters',
      Entropy: '37.7 bits',
      Capacity: '221,511,680,000 keys',
      'Check character': 'none',
    });
    await page.getByRole('button', { name: 'Draw others' }).click();
    expect(await page.locator('#examples li').allInnerTexts()).not.toEqual(keys);
  });

  it('names the check character, and says where a format has none', async () => {
    const page = await open();
    await page.locator('#scheme').selectOption('auto');
    expect((await facts(page))['Check character']).toBe('the last symbol, by ISO 7064 MOD 37,36');
    await page.locator('#spec').fill('AAAA-9999');
    expect(await said(page)).toMatch(/^No format yet\nA check character needs two slots or more/);
    expect(await invalid(page)).toEqual(['scheme']);
  });

  it('takes an example key and a misspelled preset by the format that they suggest', async () => {
    const page = await open();
    await page.locator('#spec').fill('ABCD-1234');
    expect(await said(page)).toContain('if this is an example key, its mask is XXXX-XXXX');
    expect(await page.locator('#format-answer').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Use XXXX-XXXX' }).click();
    expect(await page.locator('#spec').inputValue()).toBe('XXXX-XXXX');
    expect((await facts(page)).Mask).toBe('XXXX-XXXX');
    await page.locator('#spec').fill('lukitu');
    await page.getByRole('button', { name: 'Use lukittu' }).click();
    expect((await facts(page)).Length).toBe('29 characters');
  });

  it('says in words what is refused, and gives no command for it', async () => {
    const page = await open();
    const command = () => page.locator('#command').innerText();
    await page.locator('#spec').fill('9999');
    expect(await said(page)).toMatch(/^This batch is refused\n10,000 keys are more than half of the 10,000/);
    expect(await command()).toBe('None: this batch would be refused.');
    await page.locator('#spec').fill('[A-Za-z]{12}');
    expect(await said(page)).toMatch(/^This batch is refused\nThe slots hold both a and A/);
    await page.getByLabel('Keys may differ in case alone').check();
    expect(await command()).toContain(' --exact ');
    await page.locator('#size').fill('many');
    expect(await said(page)).toBe('No format yet\nThe batch size is a whole number from 1 on.');
    expect(await invalid(page)).toEqual(['size']);
    await page.locator('#size').fill('10');
    await page.locator('#alphabet').selectOption('own');
    await page.locator('#spec').fill('XXXXXX');
    await page.locator('#symbols').fill('[AA]');
    expect(await said(page)).toContain('the symbol A stands twice');
    await page.locator('#spec').fill('<img src=x onerror=alert(1)>');
    expect(await page.locator('img').count()).toBe(0);
  });

  it('opens with the format that generate takes by itself, and calls no batch sensible that can be guessed somewhere', async () => {
    const page = await open();
    const state = () => page.locator('#format-verdict').getAttribute('data-state');
    expect(await page.locator('#spec').inputValue()).toBe(DEFAULT_FORMAT);
    expect(await said(page)).toMatch(/^10,000 keys: a sensible batch\nOne of .* guesses a second\.$/);
    expect(await state()).toBe('good');
    await page.locator('#spec').fill('XXXX-XXXX-XXXX');
    expect(await said(page)).toBe(
      [
        '10,000 keys: sensible where guesses are limited',
        'One of 10,000 keys is guessed in 150,000 years, at 100 guesses a second.',
        'The format has 62.0 bits, under 64: its keys can be guessed where nothing limits the guesses.',
      ].join('\n'),
    );
    expect(await state()).toBe('open');
  });

  it.each([
    ['X{15}', 77.5],
    ['X{16}', 82.7],
  ])('says how a ledger takes the batch: %s, of %s bits', async (spec, bits) => {
    const page = await open();
    await page.locator('#spec').fill(spec);
    await page.locator('#size').fill('20');
    const hints = page.locator('#command ~ p').filter({ visible: true });
    const [, option = '', init = '', secretOption = '', secret = ''] = await hints
      .locator('code')
      .allTextContents();
    const command = `${await page.locator('#command').textContent()} ${option}`;
    const { run, folder } = shell();
    if (bits < 80) {
      run(`${secret}\n${init} ${secretOption}\n${command} ${secretOption}`);
    } else {
      expect(secret).toBe('');
      run(`${init}\n${command}`);
    }
    expect(readFileSync(join(folder, 'keys.txt'), 'utf8').trim().split('\n').length).toBe(20);
  });

  it('copies the command', async () => {
    const page = await open();
    const command = await page.locator('#command').innerText();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    await page.locator('#spec').fill('');
    await page.locator('#spec').press('Control+v');
    expect(await page.locator('#spec').inputValue()).toBe(command);
  });

  // The first of three tasks that a person comes with; the others: workbench-lists.test.ts.
  it('leads to a format for 50,000 keys', async () => {
    const page = await open();
    await page.locator('#spec').fill('serial');
    await page.locator('#size').fill('50,000');
    expect(await said(page)).toBe(
      [
        '50,000 keys: too easily guessed',
        'Up to 893 are sensible, so that guessing one takes a year: lengthen the format, or have the server limit guesses.',
        'One of 50,000 keys is guessed in 6.5 days, at 100 guesses a second.',
        'The format has 41.4 bits, under 64: its keys can be guessed where nothing limits the guesses.',
      ].join('\n'),
    );
    const plot = page.getByRole('img');
    expect(await plot.getAttribute('aria-label')).toContain(
      'Of 50,000 keys drawn blindly two are equal: 1 in 2,300. Guessing one of them takes 6.5 days. Up to 893 keys',
    );
    expect(await plot.locator('text').allTextContents()).toEqual(
      expect.arrayContaining(['this batch: 50,000', 'sensible: up to 893', 'Keys in the batch', '1 year']),
    );
    await page.getByText('The figures as a table').click();
    const rows = await page.locator('#figures tr').allInnerTexts();
    expect(rows).toContain('50,000 (this batch)\t1 in 2,300\t6.5 days');
    expect(rows).toContain('893 (the largest sensible batch)\t1 in 7,100,000\t1 year');
    await page.getByRole('button', { name: 'lukittu' }).click();
    expect(await said(page)).toMatch(
      /^50,000 keys: a sensible batch\nOne of 50,000 keys is guessed in 10²⁵ years/,
    );
    expect(await page.locator('#command').innerText()).toBe(
      'keywright generate --format lukittu --count 50000 --out keys.txt',
    );
  });

  it.each([
    {
      spec: 'X{5}-X{5}',
      prefix: 'it\'s $(touch x) `y` "',
      suffix: '-PRO',
      alphabet: '[A-HJ-NP-Z2-9]',
      scheme: 'auto',
    },
    { spec: '/^[A-F0-9]{6}$/', prefix: '--', suffix: '\\', alphabet: '', scheme: '' },
    { spec: '-9999999999', prefix: 'A', suffix: '!$HOME', alphabet: '', scheme: 'luhn' },
  ])('gives the command that a shell runs as it is meant: $spec', async (choice) => {
    const page = await open();
    await page.locator('#spec').fill(choice.spec);
    await page.locator('#size').fill('50');
    await page.locator('#prefix').fill(choice.prefix);
    await page.locator('#suffix').fill(choice.suffix);
    await page.locator('#scheme').selectOption(choice.scheme);
    if (choice.alphabet !== '') {
      await page.locator('#alphabet').selectOption('own');
      await page.locator('#symbols').fill(choice.alphabet);
    }
    const keys = await page.locator('#examples li').allTextContents();
    if (choice.prefix === '--') {
      expect(await said(page)).toContain('a spreadsheet would run it');
      return;
    }
    const mask = await page.locator('#fact-mask').textContent();
    const { run, folder } = shell();
    run((await page.locator('#command').textContent()) ?? '');
    const made = readFileSync(join(folder, 'keys.txt'), 'utf8').trim().split('\n');
    expect(made.length).toBe(50);
    const format = parseFormat(mask ?? '', {
      ...(choice.alphabet !== '' && { alphabet: choice.alphabet }),
      checkCharacter: choice.scheme === 'luhn' ? 'luhn' : 'auto',
    });
    expect([...keys, ...made].filter((key) => !format.test(key))).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('fits a phone and a screen reader, in %s', async (colorScheme) => {
    const page = await open({ viewport: { width: 390, height: 844 }, colorScheme });
    await page.getByText('The figures as a table').click();
    for (const spec of ['uuid', 'serial', 'A{200}', 'nothing']) {
      await page.locator('#spec').fill(spec);
      expect(await page.evaluate(OVERFLOW)).toBe(0);
      expect(await axeFindings(page)).toEqual([]);
    }
    const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(background).toBe(colorScheme === 'light' ? 'rgb(244, 245, 247)' : 'rgb(16, 20, 26)');
  });
});

/** A shell in an empty folder, which knows the command. */
function shell(): { readonly folder: string; readonly run: (script: string) => void } {
  const folder = newFolder();
  const shim = join(folder, 'keywright');
  writeFileSync(shim, `#!/bin/sh\nexec '${process.execPath}' '${resolve('bin/keywright.js')}' "$@"\n`);
  chmodSync(shim, 0o755);
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` };
  return {
    folder,
    run: (script) => {
      execFileSync('/bin/sh', ['-ec', script], { cwd: folder, env, stdio: 'pipe' });
    },
  };
}

/** What a screen reader announces. */
async function said(page: Page): Promise<string> {
  const texts = await page.locator('#format-verdict > :not(button)').allTextContents();
  return texts.join('\n');
}

function invalid(page: Page): Promise<unknown> {
  return page.evaluate('[...document.querySelectorAll("[aria-invalid]")].map(({ id }) => id)');
}

async function facts(page: Page): Promise<Readonly<Record<string, string>>> {
  const [names, values] = [
    await page.locator('#format-panel dt').allTextContents(),
    await page.locator('#format-panel dd').allTextContents(),
  ];
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
}
