import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** Where a Chromium is: what `CHROMIUM` says, else the first of the usual names on the path. */
export const chromiumPath = [process.env.CHROMIUM ?? '', 'chromium', 'chromium-browser', 'google-chrome']
  .filter((name) => name !== '')
  .flatMap((name) =>
    isAbsolute(name) ? [name] : (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)),
  )
  .find(isExecutable);

/** Ends the title of what needs a browser, and so says aloud why it was skipped. */
export const chromiumNote =
  chromiumPath === undefined
    ? ' — SKIPPED: there is no chromium on the path, nor where CHROMIUM points (apt-get install chromium)'
    : '';

/** Starts it without a window and without the requests it makes for itself. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath ?? '',
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

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
