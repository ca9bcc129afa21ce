import { describe, expect, it } from 'vitest';
import { postgresHosts } from '../../../../src/node/ledger/postgres/postgres-hosts.js';

describe('a URL as libpq writes it', () => {
  it.each([
    ['postgres://u:p@a/db', ['postgres://u:p@a/db'], false],
    [
      'postgres:///db?host=/run/postgresql&port=5433',
      ['postgres:///db?host=/run/postgresql&port=5433'],
      false,
    ],
    ['postgres://a/db?target_session_attrs=primary', ['postgres://a/db?target_session_attrs=primary'], true],
    [
      'postgres://a,b/db?target_session_attrs=any',
      ['postgres://a/db?target_session_attrs=any', 'postgres://b/db?target_session_attrs=any'],
      false,
    ],
    [
      'postgresql://u:p,@x@a:1,b,[::1]:3/db',
      ['postgresql://u:p,@x@a:1/db?', 'postgresql://u:p,@x@b/db?', 'postgresql://u:p,@x@[::1]:3/db?'],
      true,
    ],
    [
      'postgres:///db?host=a,%2Frun&port=1,2&sslmode=disable',
      ['postgres:///db?sslmode=disable&host=a&port=1', 'postgres:///db?sslmode=disable&host=%2Frun&port=2'],
      true,
    ],
    [
      'postgres://u@/db?host=a%2Cb&port=9',
      ['postgres://u@/db?host=a&port=9', 'postgres://u@/db?host=b&port=9'],
      true,
    ],
    ['postgres://a,b?port=9', ['postgres://a?port=9', 'postgres://b?port=9'], true],
  ])('%s', (url, urls, writable) => {
    expect(postgresHosts(url)).toMatchObject({ urls, writable });
  });

  it('gives each of several servers five seconds, or what it says', () => {
    expect(postgresHosts('postgres://a/db').connectMs).toBe(undefined);
    expect(postgresHosts('postgres://a,b/db').connectMs).toBe(5000);
    expect(postgresHosts('postgres://a,b/db?connect_timeout=2').connectMs).toBe(2000);
  });

  it.each([
    ['postgres:///db?host=a,b,c&port=1,2', /other numbers of hosts and ports/],
    ['postgres://a,b/db?target_session_attrs=standby', /leave target_session_attrs out/],
    ['postgres://a,b/db?target_session_attrs=read-only', /leave target_session_attrs out/],
    ['postgres://a,b/db?connect_timeout=soon', /connect_timeout .* is a number of seconds/],
  ])('%s is refused', (url, words) => {
    expect(() => postgresHosts(url)).toThrow(words);
  });
});
