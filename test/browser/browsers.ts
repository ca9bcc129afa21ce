import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { type Browser, chromium, firefox, type Page } from 'playwright-core';
import { vi } from 'vitest';

export type ColorScheme = 'light' | 'dark';

/** A browser that people have, where this machine has it. */
export interface InstalledBrowser {
  readonly name: string;
  readonly path: string | undefined;
  /** Ends the title of what needs it, and so says aloud why it was skipped. */
  readonly note: string;
  /** Starts it without a window and without the requests it makes for itself. */
  start(colorScheme: ColorScheme, downloads: string): Promise<Browser>;
  /** The name that a download suggests, and the file that it became. */
  download(page: Page, downloads: string, press: () => Promise<void>): Promise<Download>;
}

export interface Download {
  readonly name: string;
  readonly path: string;
}

export const BROWSERS: readonly InstalledBrowser[] = [
  {
    name: 'Chromium',
    ...installed('CHROMIUM', ['chromium', 'chromium-browser', 'google-chrome']),
    start: startChromium,
    download: takeEvent,
  },
  {
    name: 'Firefox',
    ...installed('FIREFOX', ['firefox-esr', 'firefox']),
    start: startFirefox,
    download: takeFile,
  },
];

/** Where it is: what the environment's variable says, else the first of the usual names on the path. */
function installed(variable: string, names: readonly [string, ...string[]]) {
  const path = [process.env[variable] ?? '', ...names]
    .filter((name) => name !== '')
    .flatMap((name) =>
      isAbsolute(name)
        ? [name]
        : (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)),
    )
    .find(isExecutable);
  const note = ` — SKIPPED: there is no ${names[0]} on the path, nor where ${variable} points (apt-get install ${names[0]})`;
  return { path, note: path === undefined ? note : '' };
}

function startChromium(this: InstalledBrowser): Promise<Browser> {
  return chromium.launch({
    executablePath: this.path ?? '',
    // The sandbox does not start as root, as CI often runs; the only page loaded is our own.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** The Firefox that people have, by WebDriver BiDi: no build of the driver's own. */
function startFirefox(
  this: InstalledBrowser,
  colorScheme: ColorScheme,
  downloadsPath: string,
): Promise<Browser> {
  return firefox.launch({
    channel: 'moz-firefox',
    executablePath: this.path ?? '',
    downloadsPath,
    // That protocol has no command yet for what a page shall think the system prefers.
    firefoxUserPrefs: { 'layout.css.prefers-color-scheme.content-override': colorScheme === 'dark' ? 0 : 1 },
  });
}

async function takeEvent(page: Page, _downloads: string, press: () => Promise<void>): Promise<Download> {
  const [download] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: download.suggestedFilename(), path: await download.path() };
}

/** The driver passes over the events of downloads that Firefox gives no number. */
async function takeFile(_page: Page, downloads: string, press: () => Promise<void>): Promise<Download> {
  const before = readdirSync(downloads);
  await press();
  return vi.waitFor(
    () => {
      const [name, ...more] = readdirSync(downloads).filter((file) => !before.includes(file));
      if (name === undefined || more.length > 0 || name.endsWith('.part')) throw new Error('not saved yet');
      return { name, path: join(downloads, name) };
    },
    { timeout: 200_000 },
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
