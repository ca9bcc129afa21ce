import { KeywrightError } from '../../core/errors.js';
import type { Vendor } from '../../core/vendors/server/vendor.js';
import { CRYPTLEX_CSV, type FileTarget, LICENSESPRING, LMFWC, WC_KEY_MANAGER } from './file-targets.js';

/** What preparing needs of a vendor. */
export type PreparingVendor = Pick<
  Vendor,
  | 'vendorName'
  | 'createRequestJsonSchema'
  | 'keysPerRequest'
  | 'pace'
  | 'quotas'
  | 'prepareFields'
  | 'prepareRequest'
>;

/** A server that requests are prepared for; its module is loaded when it is asked for. */
export interface RequestTarget {
  readonly kind: 'requests';
  load(): Promise<PreparingVendor>;
}

/** What keys can be prepared for, by name. */
export const TARGETS: Readonly<Record<string, RequestTarget | FileTarget>> = {
  cryptlex: { kind: 'requests', load: () => import('../../core/vendors/cryptlex.js') },
  getkeymanager: { kind: 'requests', load: () => import('../../core/vendors/getkeymanager.js') },
  lukittu: { kind: 'requests', load: () => import('../../core/vendors/lukittu.js') },
  solifyn: { kind: 'requests', load: () => import('../../core/vendors/solifyn.js') },
  'cryptlex-csv': CRYPTLEX_CSV,
  licensespring: LICENSESPRING,
  lmfwc: LMFWC,
  'wc-key-manager': WC_KEY_MANAGER,
};

/**
 * The target of that name, in any case.
 *
 * @throws {KeywrightError} `invalid_option` when there is none.
 */
export function targetNamed(name: string): RequestTarget | FileTarget {
  const plain = name.toLowerCase();
  const target = Object.hasOwn(TARGETS, plain) ? TARGETS[plain] : undefined;
  if (target !== undefined) return target;
  throw new KeywrightError(
    'invalid_option',
    `there is no such target: use ${Object.keys(TARGETS).join(', ')}`,
    {
      option: 'target',
    },
  );
}
