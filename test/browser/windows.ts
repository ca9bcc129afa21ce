import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect } from 'vitest';
import { newFolder } from '../new-folder.js';
import { BROWSERS, type ColorScheme, type Download, type InstalledBrowser } from './browsers.js';

interface WindowOptions extends BrowserContextOptions {
  readonly colorScheme?: ColorScheme;
}

/** By how much a page is wider than its window, in which a scroll bar may stand. */
export const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/** Windows of one browser. Each closes with its test, which fails when a page complained or asked for anything besides itself. */
export interface Windows {
  /** An empty window. */
  blank(options?: WindowOptions): Promise<Page>;
  /** A window with this page. */
  open(url: string, options?: WindowOptions): Promise<Page>;
  /** What the page saves when this is done. */
  download(page: Page, press: () => Promise<void>): Promise<Download>;
}

/** The same cases in every browser that people have. */
export function inEveryBrowser(what: string, cases: (windows: Windows) => void): void {
  for (const browser of BROWSERS) {
    describe.skipIf(browser.path === undefined)(`${what} in ${browser.name}${browser.note}`, () =>
      cases(windowsOf(browser)),
    );
  }
}

function windowsOf(installed: InstalledBrowser): Windows {
  const downloads = newFolder();
  const started = new Map<ColorScheme, Promise<Browser>>();
  const opened: Page[] = [];
  const mishaps: string[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((page) => page.context().close()));
    expect(mishaps.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await Promise.all([...started.values()].map(async (browser) => (await browser).close()));
  });

  async function blank({ colorScheme = 'light', ...options }: WindowOptions = {}): Promise<Page> {
    const browser = started.get(colorScheme) ?? installed.start(colorScheme, downloads);
    started.set(colorScheme, browser);
    const page = await (await (await browser).newContext({ ...options, colorScheme })).newPage();
    opened.push(page);
    // However slow the machine is: the test's own time-out ends it.
    page.setDefaultTimeout(0);
    page.on('console', (message) => mishaps.push(message.text()));
    page.on('pageerror', (error) => mishaps.push(error.message));
    page.on('request', (request) => {
      const isPage = request.isNavigationRequest() && request.frame() === page.mainFrame();
      if (!isPage && !request.url().startsWith('blob:')) mishaps.push(`asked for ${request.url()}`);
    });
    return page;
  }

  return {
    blank,
    download: (page, press) => installed.download(page, downloads, press),
    open: async (url, options) => {
      const page = await blank(options);
      await page.goto(url);
      return page;
    },
  };
}
