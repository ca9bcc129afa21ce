import { KeywrightError } from '../../../core/errors.js';
import { isHere } from './origin.js';

/** Proxies as undici takes them: an empty one is none. */
export interface Proxies {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

/**
 * The proxies that HTTP_PROXY, HTTPS_PROXY and NO_PROXY name, in capitals or not; undefined for a server on this machine: what
 * stays here must not go to a proxy, unencrypted as it may be. One without a scheme is spoken to by http, as curl does.
 *
 * @throws {KeywrightError} `invalid_option`: what is no URL of a proxy. It may hold a password, and is not told.
 */
export function proxiesTo(
  baseUrl: string,
  env: Readonly<Record<string, string | undefined>>,
): Proxies | undefined {
  if (isHere(baseUrl)) return undefined;
  const named = (name: string) => (env[name.toLowerCase()] ?? env[name] ?? '').trim();
  const proxy = (name: string) => {
    const given = named(name);
    if (given === '') return '';
    const url = given.includes('://') ? given : `http://${given}`;
    if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
    const message = `${name} names no proxy of http: write it as http://host:port, or leave it out`;
    throw new KeywrightError('invalid_option', message, { option: name });
  };
  return { httpProxy: proxy('HTTP_PROXY'), httpsProxy: proxy('HTTPS_PROXY'), noProxy: named('NO_PROXY') };
}
