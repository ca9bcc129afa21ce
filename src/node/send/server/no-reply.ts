/** No reply came, or only a part of one. */
export class NoReply extends Error {
  /** Whether the request may have arrived. */
  readonly arrived: boolean;
  /** Whether trying again is of no use. */
  readonly hopeless: boolean;

  constructor(
    message: string,
    about: { readonly arrived: boolean; readonly hopeless?: boolean },
    cause?: unknown,
  ) {
    super(message, { cause });
    this.arrived = about.arrived;
    this.hopeless = about.hopeless ?? false;
  }
}

/** Failures before anything was sent. */
const NOT_SENT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the server takes no connections',
  EHOSTUNREACH: 'the server cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  EAI_AGAIN: 'the name server does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'the server does not take the connection in time',
};

/** Failures that no second try mends. */
const HOPELESS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no host of that name: check the base URL and the network',
  CERT_HAS_EXPIRED: 'the certificate of the server has expired: have it renewed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host: check the base URL',
};

const CERTIFICATE = /CERT|SIGNATURE|SELF_SIGNED|^ERR_TLS_/;
const TLS = /^EPROTO$|^ERR_SSL_/;
const NO_TLS = 'the server does not speak TLS as it should: check the base URL';
const UNTRUSTED =
  'the certificate of the server is not trusted: name who issued it in NODE_EXTRA_CA_CERTS, or check the base URL';

/** What an error of the HTTP client means; `ended` says that it was us who gave up. */
export function noReply(error: unknown, ended: boolean): NoReply {
  const code = codeOf(error);
  if (ended) return new NoReply('no reply in time', { arrived: true }, error);
  const unsent = NOT_SENT[code];
  if (unsent !== undefined) return new NoReply(`${unsent} (${code})`, { arrived: false }, error);
  const hopeless =
    HOPELESS[code] ?? (CERTIFICATE.test(code) ? UNTRUSTED : TLS.test(code) ? NO_TLS : undefined);
  if (hopeless !== undefined) {
    return new NoReply(`${hopeless} (${code})`, { arrived: false, hopeless: true }, error);
  }
  // The proxy's answer to CONNECT.
  if (code === 'UND_ERR_ABORTED')
    return new NoReply('the proxy refuses to connect', { arrived: false }, error);
  return new NoReply(`no whole reply${code === '' ? '' : ` (${code})`}`, { arrived: true }, error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
