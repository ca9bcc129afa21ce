import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A page open in a window of its own, and what it complained of or asked for besides itself. */
export interface OpenPage {
  readonly page: Page;
  readonly mishaps: readonly string[];
}

/** Opens a page of ours; a request for anything else than itself is a mishap. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const mishaps: string[] = [];
  const page = await (await browser.newContext(options)).newPage();
  page.on('console', (message) => mishaps.push(message.text()));
  page.on('pageerror', (error) => mishaps.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== url.replace(/#.*/, '') && !request.url().startsWith('blob:'))
      mishaps.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
  return { page, mishaps };
}
