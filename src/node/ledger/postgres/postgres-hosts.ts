import { KeywrightError } from '../../../core/errors.js';

/** The servers that a URL names. */
export interface PostgresHosts {
  /** A URL for each, in their order. */
  readonly urls: readonly string[];
  /** Only one that takes writes will do. */
  readonly writable: boolean;
  /** `connect_timeout`, in milliseconds. */
  readonly connectMs: number | undefined;
}

const SEVERAL_MS = 5_000;

/**
 * Takes apart a URL that names one server or several, as libpq writes them: `postgres://a:5432,b:5433/db`, or
 * `postgres:///db?host=a,b&port=5432`. Of several, or where it says `target_session_attrs=read-write` or `primary`,
 * one is wanted that takes writes.
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS
 *
 * @throws {KeywrightError} `invalid_option`: ports that are not as many as the hosts; a server that takes no writes is
 * asked for; no seconds in `connect_timeout`.
 */
export function postgresHosts(url: string): PostgresHosts {
  const [, scheme = '', user = '', authority = '', path = '', query = ''] = PARTS.exec(url) ?? [];
  const parameters = (query === '' ? [] : query.slice(1).split('&')).map((text) => {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(text) ?? [];
    return { text, name, values: decoded(value).split(',') };
  });
  const valuesOf = (wanted: string) => parameters.findLast(({ name }) => name === wanted)?.values ?? [];
  const hosts = valuesOf('host');
  const count = Math.max(1, hosts.length || authority.split(',').length);
  const asked = valuesOf('target_session_attrs').join();
  if (!SESSIONS.test(asked))
    throw refused('a ledger is written to: leave target_session_attrs out of the URL');
  const shared = {
    writable: asked === '' ? count > 1 : asked !== 'any',
    connectMs: timeoutOf(valuesOf, count),
  };
  if (count === 1) return { urls: [url], ...shared };
  const ports = valuesOf('port');
  if (ports.length > 1 && ports.length !== count)
    throw refused('the URL names other numbers of hosts and ports: one port for all, or one for each');
  const rest = parameters.filter(({ name }) => name !== 'host' && name !== 'port').map(({ text }) => text);
  const urls = Array.from({ length: count }, (_, at) => {
    const port = ports[at] ?? ports[0] ?? '';
    const own = [
      ...(hosts.length > 0 ? [`host=${encodeURIComponent(hosts[at] ?? '')}`] : []),
      ...(port === '' ? [] : [`port=${encodeURIComponent(port)}`]),
    ];
    const named = hosts.length > 0 ? '' : authority.split(',')[at];
    return `${scheme}${user}${named}${path}?${[...rest, ...own].join('&')}`;
  });
  return { urls, ...shared };
}

/** A password may hold whatever is not escaped, as it may for pg. */
const PARTS = /^(postgres(?:ql)?:\/\/)((?:[^?#]*@)?)([^/?#]*)([^?#]*)(\?[^#]*)?/is;

const SESSIONS = /^(any|read-write|primary|)$/;

function timeoutOf(valuesOf: (name: string) => readonly string[], count: number): number | undefined {
  const text = valuesOf('connect_timeout').join();
  if (!/^\d{0,6}$/.test(text)) throw refused('connect_timeout in the URL is a number of seconds');
  const given = Number(text);
  return given > 0 ? given * 1000 : count > 1 ? SEVERAL_MS : undefined;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function refused(message: string): KeywrightError<'invalid_option'> {
  return new KeywrightError('invalid_option', message, { option: 'ledger' });
}
