import type { JsonObject } from '../../encoding/json-text.js';
import type { LicenseStore } from '../server/license-store.js';

/**
 * A license template as the Web API returns it: what a license inherits stands under the names of the license's
 * own members; `keyPattern`, `requiredMetadataKeys` and `requiredMeterAttributes` are the template's alone.
 */
export type LicenseTemplate = JsonObject & { readonly id: string };

/** What a Cryptlex account holds, and a create request does not. */
export interface CryptlexAccount {
  readonly products: readonly { readonly id: string; readonly licenseTemplateId: string }[];
  readonly licenseTemplates: readonly LicenseTemplate[];
  /** Records hold the user whole. */
  readonly users?: readonly (JsonObject & { readonly id: string })[] | undefined;
  readonly licenses: LicenseStore;
  /** Judges the access token (undefined without one). Without it, nobody is asked. */
  readonly authenticate?: (accessToken: string | undefined) => Promise<boolean>;
}
