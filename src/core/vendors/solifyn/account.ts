import type { LicenseStore } from '../server/license-store.js';

/** Something that has two names: requests take either, records show the public one. */
export interface Named {
  /** A UUID. */
  readonly id: string;
  /** As `prod_…` or `cust_…`. */
  readonly publicId: string;
}

/** What a Solifyn business holds, and a create request does not. */
export interface SolifynAccount {
  /** As `biz_…`. */
  readonly businessId: string;
  readonly products: readonly Named[];
  readonly customers: readonly Named[];
  /** The payment that licenses are issued for; null or absent for those issued by hand. */
  readonly paymentId?: string | null | undefined;
  /** What a customer sees after activation. */
  readonly activationMessage?: string | null | undefined;
  readonly licenses: LicenseStore;
  /** Judges the API key (undefined without one). Without it, nobody is asked. */
  readonly authenticate?: (apiKey: string | undefined) => Promise<boolean>;
}
