import type { KeywrightError } from '../../core/errors.js';

/** How the options that the library names are spelled here. */
export const FLAGS: Readonly<Record<string, string>> = {
  acceptFailover: 'keywright ledger verify --accept-failover',
  against: '--against',
  alphabet: '--alphabet',
  anyFormat: '--any-format',
  as: '--as',
  baseUrl: '--base-url',
  batchId: '--batch-id',
  checkCharacter: '--check-character',
  by: '--by',
  chunk: '--chunk',
  claims: '--claims',
  column: '--column',
  comment: '--comment',
  concurrency: '--concurrency',
  count: '--count',
  drop: 'keywright ledger copy --drop',
  entitlements: '--entitlements',
  exact: '--exact',
  force: '--force',
  fromSecretFile: '--from-secret-file',
  header: '--header',
  headerRow: '--header-row or --no-header-row',
  insecureHttp: '--insecure-http',
  jobs: '--jobs',
  journal: '--journal',
  keyring: '--keyring',
  limit: '--limit',
  map: '--map',
  maxAge: '--max-age',
  maxFuture: '--max-future',
  memory: '--memory',
  name: '--name',
  newSecretFile: '--new-secret-file',
  next: '--next',
  nonce: '--nonce',
  now: '--now',
  number: '--number',
  origin: '--origin',
  per: '--per',
  perSecond: '--rate',
  prefix: '--prefix',
  privateKey: '--private-key',
  product: '--product',
  publicKey: '--public-key',
  reason: '--reason',
  ref: '--ref',
  reject: '--reject-file',
  restored: 'keywright ledger copy --restored',
  role: '--role',
  sealSecretFile: '--seal-secret-file',
  secretFile: '--secret-file',
  seed: '--seed',
  set: '--set',
  settleSeconds: '--settle',
  shard: '--shard',
  sheet: '--sheet',
  signer: '--signer',
  split: '--split',
  style: '--json-style',
  suffix: '--suffix',
  target: '--for',
  toSecretFile: '--to-secret-file',
  unpaged: '--unpaged',
  validFrom: '--valid-from',
  validFor: '--valid-for',
  validUntil: '--valid-until',
};

/** The message of an error of the library, with the flag or the command that mends it. */
export function withFlags(error: KeywrightError): string {
  const mend = mendingCommand(error) ?? flagOf(error.details.option);
  return mend === undefined ? error.message : `${error.message} (${mend})`;
}

function mendingCommand({ code }: KeywrightError): string | undefined {
  if (code === 'unknown_batch') return 'keywright ledger batches';
  if (code === 'already_issued') return 'keywright ledger void, --batch-id';
  if (code === 'weak_format') return 'keywright ledger init --secret-file';
  return code === 'missing_ledger' ? 'keywright ledger init' : undefined;
}

/** The flag of an option of the library; undefined where it has none. */
export function flagOf(option: string | undefined): string | undefined {
  return option !== undefined && Object.hasOwn(FLAGS, option) ? FLAGS[option] : undefined;
}
