/** The origin of a URL as it must begin the URL's text; undefined when it does not. */
export function originOf(url: string): string | undefined {
  const origin = URL.canParse(url) ? new URL(url).origin : undefined;
  const begins = origin !== undefined && /^https?:\/\/[\w.:[\]-]+$/.test(origin);
  return begins && (url === origin || url.startsWith(`${origin}/`)) ? origin : undefined;
}

/** Whether a URL is one of this machine. */
export function isHere(url: string): boolean {
  return /^https?:\/\/(localhost|127(\.\d+){3}|\[::1\])(:\d+)?(\/|$)/.test(url);
}
