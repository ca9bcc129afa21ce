import { KeywrightError } from '../../core/errors.js';

/** Where a server is, read strictly. */
export interface BaseUrl {
  /** Without a slash at the end. */
  readonly url: string;
  /** Whether what is sent there, secrets included, can be read on the way. */
  readonly open: boolean;
}

/**
 * Reads the address of a server.
 *
 * @throws {KeywrightError} `invalid_option`: no http or https URL, or one with a user, a query or a fragment. The
 *   message does not quote it, for it may hold a password.
 */
export function parseBaseUrl(text: string): BaseUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw refusal('must be where the server is, as https://keys.example.com');
  }
  if (url.username !== '' || url.password !== '') {
    throw refusal('takes no user and no password: they would be written to the file');
  }
  if (url.search !== '' || url.hash !== '' || /[?#{}$]/.test(text)) {
    throw refusal('must be where the server is, without a query, as https://keys.example.com');
  }
  const local = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  return {
    url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    open: url.protocol === 'http:' && !local,
  };
}

function refusal(message: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', `the base URL ${message}`, { option: 'baseUrl' });
}
