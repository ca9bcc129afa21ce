import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { signLicense } from '../../src/index.js';
import { signers } from '../core/sign/demo-keys.js';
import { axeFindings } from './axe-findings.js';
import { inEveryBrowser, OVERFLOW } from './windows.js';

const FILE = pathToFileURL(resolve('samples/browser/workbench.html')).href;
const LISTS = 'samples/reseller-lists';

inEveryBrowser("the workbench's lists", (windows) => {
  const open = (options?: Parameters<typeof windows.open>[1]) => windows.open(`${FILE}#check`, options);

  async function saved(
    page: Page,
    button: string,
  ): Promise<{ readonly name: string; readonly text: string }> {
    const press = () => page.getByRole('button', { name: button }).click();
    const { name, path } = await windows.download(page, press);
    return { name, text: readFileSync(path, 'utf8') };
  }

  // Two of the three tasks that a person comes with; the other: workbench-format.test.ts.
  it('finds the duplicates of two lists, by file and line of both, and gives the clean list', async () => {
    const page = await open();
    await page.locator('#files').setInputFiles([`${LISTS}/north.csv`, `${LISTS}/south.txt`]);
    await list(page, 'south.txt').waitFor();
    // What is plain, it does not ask: it shows what it takes.
    const answers = await list(page, 'north.csv').locator('option:checked').allInnerTexts();
    expect(answers).toEqual(['commas', '2: license_key (QGIBI…, J4WNY…)', 'a heading']);
    await check(page);
    expect(await said(page)).toBe('2 duplicates\n6 different keys are left.');
    expect(await rows(page, 'duplicates')).toEqual([
      'qgibi1za…\tnorth.csv:5\tnorth.csv:2\tother spelling',
      '0KN6W…\tsouth.txt:2\tnorth.csv:4\tsame text',
    ]);
    const clean = await saved(page, 'Download the clean list');
    expect(clean).toEqual({
      name: 'clean-keys.txt',
      text: `${[
        'QGIBI-1ZAE3-0HY6G-622LH-M50WV',
        'J4WNY-QP6VN-7Y4EX-8YNAL-DATA2',
        '0KN6W-D7448-Y2JXQ-FLYKY-TBDFN',
        '3IEDB-F7QEI-C9EN7-LTENH-M7143',
        '7NX3I-DMUVU-WGGIU-2HMOW',
        '7WUN8-WS9KS-23AXK-JH8O4-PCRHJ',
      ].join('\n')}\n`,
    });
  });

  it.each([
    ['check', 'check-form'],
    ['format', 'format-verdict'],
  ])('takes files that are dropped, with the tab %s shown, on #%s', async (tab, place) => {
    const page = await open();
    await page.locator(`#${tab}-tab`).click();
    await page.evaluate(`{
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['A1-1\\nB2-2\\na1-1\\n'], 'dropped.txt'));
      const dropped = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
      document.getElementById('${place}').dispatchEvent(dropped);
      if (!dropped.defaultPrevented) throw new Error('The browser would open it');
    }`);
    await list(page, 'dropped.txt').waitFor();
    await check(page);
    expect(await rows(page, 'duplicates')).toEqual(['a1…\tdropped.txt:3\tdropped.txt:1\tother spelling']);
  });

  it('leads to the page that says why a license is refused', async () => {
    const page = await open();
    await page.getByRole('link', { name: 'Verify a response or license' }).click();
    const now = new Date('2026-01-01T00:00:00Z');
    const terms = { key: 'AAAA-BBBB', product: 'app', validUntil: new Date('2026-02-01T00:00:00Z') };
    const license = await signLicense(terms, signers.Ed25519, { now });
    await page.getByLabel('Envelope').fill(JSON.stringify(license));
    await page.getByLabel('Public key or keyring').fill(readFileSync('keys/demo-ed25519.public.pem', 'utf8'));
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.locator('h2', { hasText: 'License refused' }).waitFor();
    expect(await page.locator('#reason').innerText()).toBe('expired');
    expect(await page.locator('#valid').innerText()).toBe('until 2026-02-01 00:00:00 UTC');
    expect(page.url()).toBe(FILE.replace(/workbench\.html$/, 'verify.html'));
  });

  it('holds keys against the format of the other tab, and says where and why', async () => {
    const page = await open();
    await page.getByRole('tab', { name: 'Format' }).click();
    await page.locator('#spec').fill('lukittu');
    await page.getByRole('tab', { name: 'Check' }).click();
    await page.locator('#files').setInputFiles(`${LISTS}/south.txt`);
    await list(page, 'south.txt').waitFor();
    await page.getByLabel('Hold each key against').selectOption('format');
    await check(page);
    expect(await said(page)).toBe('1 invalid key\n3 different keys are left.');
    expect(await rows(page, 'invalid')).toEqual(['7NX3I…\tsouth.txt:3\tcharacter 24: the key ends too soon']);
    const { text } = await saved(page, 'Download the findings');
    expect(text).toBe(
      '"file","line","found","first_file","first_line"\r\n"south.txt","3","character 24: the key ends too soon","",""\r\n',
    );
    await page.getByRole('tab', { name: 'Format' }).click();
    await page.locator('#spec').fill('serial');
    await page.getByRole('tab', { name: 'Check' }).click();
    expect(await said(page)).toMatch(/^Changed since/);
    expect(await page.locator('#found').isVisible()).toBe(false);
  });

  it('asks what it is not told: the column, the heading, what parts the cells', async () => {
    const page = await open();
    await check(page);
    expect(await said(page)).toBe('Not checked\nPaste a list of keys or add a file first.');
    await page.getByLabel('Or paste a list').fill('Lot seven\nABCD-EFG1\nABCD-EFG2\n');
    await check(page);
    expect(await said(page)).toBe('Not checked\npasted list: say first what is asked of it.');
    expect(await page.evaluate('document.activeElement.id')).toMatch(/-heading$/);
    await list(page, 'pasted list').getByLabel('The first row is').selectOption('a heading');
    await check(page);
    expect(await said(page)).toBe('Each key once\n2 keys, no duplicate, none invalid.');
    await page.getByLabel('Or paste a list').fill('1;ABCD,1\n2;ABCD,2\n');
    const asked = list(page, 'pasted list');
    expect(await asked.getByLabel('Cells are parted by').locator('option').allInnerTexts()).toEqual([
      'choose',
      'nothing: a key a line',
      'commas',
      'semicolons',
    ]);
    await asked.getByLabel('Cells are parted by').selectOption('semicolons');
    await asked.getByLabel('The keys are in').selectOption('1');
    await asked.getByLabel('The first row is').selectOption('a key');
    await check(page);
    expect(await found(page)).toEqual(['2', '2', '0', '0', '0']);
  });

  it.each([
    {
      lines: ['product_key,voucher_code', 'AB12-CD34,EF56-GH78', 'IJ90-KL12,MN34-OP56'],
      why: 'two columns of keys',
    },
    { lines: ['Ann,red', 'Ben,red', 'Cat,blue', 'Dan,blue'], why: 'no column of keys' },
  ])('asks which column it is where it finds $why', async ({ lines }) => {
    const page = await open();
    await page.getByLabel('Or paste a list').fill(lines.join('\n'));
    const asked = list(page, 'pasted list').getByLabel('The keys are in');
    expect(await asked.inputValue()).toBe('');
    await check(page);
    expect(await said(page)).toBe('Not checked\npasted list: say first what is asked of it.');
  });

  it.each([
    {
      name: 'a.csv.gz',
      text: '"id"\t"key"\r\n1\t"AB""C-1"\r\n2\t"x\ny"\r\n3\tab"c 1\r\n4\t\r\n',
      key: '1',
      heads: true,
      found: ['3', '2', '1'],
      at: 'a.csv.gz:5\ta.csv.gz:2',
    },
    {
      name: 'b.json',
      text: '[\n"ABC-1",\n"abc 1", "D,]2"\n]\n',
      found: ['3', '2', '1'],
      at: 'b.json:3\tb.json:2',
    },
    {
      name: 'c.json',
      text: '[{"a":1,"b":{"key":"K1"}},\n\n{"b":{"key":"k1"}},{"a":2}]',
      key: '1',
      found: ['2', '1', '1'],
      at: 'c.json:3\tc.json:1',
    },
    {
      name: 'd.jsonl',
      text: '{"key":"K-1"}\n{"key":"K-2"}\n\n{"key":"K_1"}',
      found: ['3', '2', '1'],
      at: 'd.jsonl:4\td.jsonl:1',
    },
    { name: 'e.txt', text: '\ufeffA1\rB2\ra1', found: ['3', '2', '1'], at: 'e.txt:3\te.txt:1' },
    {
      name: 'f.txt',
      text: 'sep=;\n1;K1\n2;k1\n',
      key: '1',
      heads: false,
      found: ['2', '1', '1'],
      at: 'f.txt:3\tf.txt:2',
    },
  ])('reads $name', async ({ name, text, key, heads, found: wanted, at }) => {
    const page = await open();
    const buffer = name.endsWith('.gz') ? gzipSync(text) : Buffer.from(text);
    await page.locator('#files').setInputFiles({ name, mimeType: '', buffer });
    await list(page, name).waitFor();
    if (key !== undefined) await list(page, name).getByLabel('The keys are in').selectOption(key);
    if (heads !== undefined) {
      await list(page, name)
        .getByLabel('The first row is')
        .selectOption(heads ? 'a heading' : 'a key');
    }
    await check(page);
    expect((await found(page)).slice(0, 3).map((words) => words.split(',')[0])).toEqual(wanted);
    expect((await rows(page, 'duplicates'))[0]).toContain(at);
  });

  it.each([
    {
      name: 'a.xlsx',
      bytes: 'PK\u0003\u0004',
      wanted: 'a.xlsx is a workbook or an archive: save its list as CSV.',
    },
    {
      name: 'b.gz',
      bytes: '\u001f\u008bno',
      wanted: 'b.gz is no whole gzip file of UTF-8 text: save it anew.',
    },
    { name: 'c.txt', bytes: 'A\u00ff', wanted: 'c.txt is no UTF-8 text: save it anew.' },
    { name: 'd.txt', bytes: 'A\u0000', wanted: 'd.txt is no text: give a list of keys.' },
    { name: 'e.txt', bytes: ' \n', wanted: 'e.txt holds no key.' },
  ])('does not take $name', async ({ name, bytes, wanted }) => {
    const page = await open();
    await page.locator('#files').setInputFiles({ name, mimeType: '', buffer: Buffer.from(bytes, 'latin1') });
    await expect.poll(() => said(page)).toBe(`Not taken\n${wanted}`);
  });

  it('says of a broken list where it breaks, and gives no result', async () => {
    const page = await open();
    const buffer = Buffer.from(`${'{"key":"A"}\n'.repeat(2000)}{"key":`);
    await page.locator('#files').setInputFiles({ name: 'broken.jsonl', mimeType: '', buffer });
    await list(page, 'broken.jsonl').waitFor();
    await check(page);
    expect(await said(page)).toBe(
      'Not checked\nbroken.jsonl is no JSON in line 2001: give an array, or an object a line.',
    );
    expect(await page.locator('#found').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Remove broken.jsonl' }).click();
    await page.getByLabel('Or paste a list').fill('{\n"key": "A"\n}');
    await check(page);
    expect(await said(page)).toBe('Not checked\npasted list: it cannot be read as it stands, so remove it.');
  });

  it('asks whether keys that mix cases and differ in case alone are one', async () => {
    const page = await open();
    await page.getByLabel('Or paste a list').fill('Ab-12\naB-12\nCD-34\ncd-34\n');
    await check(page);
    expect(await said(page)).toMatch(/^1 may be one key or two/);
    expect(await page.getByRole('button', { name: 'Download the clean list' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'The same key' }).click();
    await expect.poll(() => said(page)).toBe('2 duplicates\n2 different keys are left.');
    await check(page);
    await page.getByRole('button', { name: 'Different keys' }).click();
    await expect.poll(() => said(page)).toBe('Each key once\n4 keys, no duplicate, none invalid.');
  });

  it('shows hostile names and keys as text', async () => {
    const page = await open();
    const name = '<img src=x onerror=alert(1)>\u202e.txt';
    const shown = '<img src=x onerror=alert(1)>\\u{202e}.txt';
    const buffer = Buffer.from('<b>1</b>\n<b>1</b>\n=1+1\n=1+1\n');
    await page.locator('#files').setInputFiles({ name, mimeType: '', buffer });
    await list(page, shown).getByLabel('The first row is').selectOption('a key');
    await check(page);
    expect(await rows(page, 'duplicates')).toEqual([
      `<b>1…\t${shown}:2\t${shown}:1\tsame text`,
      `=1…\t${shown}:4\t${shown}:3\tsame text`,
    ]);
    expect(await page.locator('img, td b').count()).toBe(0);
  });

  it('compares a million lines in slices: it tells how far it is, and stops when it is told to', async () => {
    const page = await open();
    const keys = Array.from(
      { length: 1_000_000 },
      (_, index) => `AAAAA-${100_000 + (index % 900_000)}-${index}`,
    );
    keys[999_999] = keys[0]?.toLowerCase() ?? '';
    const buffer = gzipSync(keys.join('\n'), { level: 1 });
    await page.locator('#files').setInputFiles({ name: 'million.txt.gz', mimeType: '', buffer });
    await list(page, 'million.txt.gz').getByLabel('The first row is').selectOption('a key');
    await page.evaluate(`
      told = new Set();
      stopped = false;
      new MutationObserver(() => {
        told.add(progress.value);
        // Once: the second time it may tell the same figures.
        if (told.size === 10 && !stopped) {
          stopped = true;
          stop_button.click();
        }
      }).observe(progress, { attributes: true });
      stop_button = document.getElementById('stop')`);
    await check(page);
    expect(await said(page)).toBe('Stopped\nNothing was found out. Press Check to begin anew.');
    await check(page);
    expect(await said(page)).toBe('1 duplicate\n999,999 different keys are left.');
    expect(await rows(page, 'duplicates')).toEqual([
      'aaaaa…\tmillion.txt.gz:1000000\tmillion.txt.gz:1\tother spelling',
    ]);
    expect(await page.evaluate('told.size')).toBeGreaterThan(10);
  });

  it('works from the keyboard alone', async () => {
    const page = await open();
    const focused = () => page.evaluate('document.activeElement.id');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('check-tab');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('format-tab');
    expect(await page.locator('#format-panel').isVisible()).toBe(true);
    expect(await page.locator('#check-panel').isVisible()).toBe(false);
    await page.keyboard.press('End');
    expect(await focused()).toBe('check-tab');
    for (let step = 0; step < 3; step++) await page.keyboard.press('Tab');
    expect(await focused()).toBe('pasted');
    await page.keyboard.insertText('A1\nB2\na1\n');
    for (let step = 0; step < 3; step++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => said(page)).toBe('1 duplicate\n2 different keys are left.');
  });

  it.each(['light', 'dark'] as const)('fits a phone and a screen reader, in %s', async (colorScheme) => {
    const page = await open({ viewport: { width: 390, height: 844 }, colorScheme });
    expect(await axeFindings(page)).toEqual([]);
    await page.locator('#files').setInputFiles([`${LISTS}/north.csv`, `${LISTS}/south.txt`]);
    await list(page, 'south.txt').waitFor();
    await check(page);
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.evaluate(OVERFLOW)).toBe(0);
  });
});

function list(page: Page, name: string) {
  return page.getByRole('group', { name, exact: true });
}

/** Presses Check and waits for what comes of it. */
async function check(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.locator('#check-verdict h2', { hasNotText: 'Comparing' }).waitFor();
}

/** What a screen reader announces. */
async function said(page: Page): Promise<string> {
  return (await page.locator('#check-verdict > *').allTextContents()).join('\n');
}

function found(page: Page): Promise<readonly string[]> {
  return page.locator('#found dd').allTextContents();
}

function rows(page: Page, id: string): Promise<readonly string[]> {
  return page.locator(`#${id}-rows tr`).allInnerTexts();
}
