import type { JsonObject } from '../../encoding/json-text.js';
import type { LicenseStore } from '../server/license-store.js';

/** A product of a team, as records hold it (components/schemas/ProductData). */
export interface LukittuProduct extends JsonObject {
  readonly id: string;
}

/** A customer of a team, as records hold it (components/schemas/CustomerData). */
export interface LukittuCustomer extends JsonObject {
  readonly id: string;
}

/** What becomes of the mail that tells a customer of a license. */
export type Delivery = 'sent' | 'limited' | 'failed';

/** The team that a request is made to: what `respond` needs to know of it. */
export interface LukittuAccount {
  readonly teamId: string;
  readonly products: readonly LukittuProduct[];
  readonly customers: readonly LukittuCustomer[];
  /** The licenses there are. */
  readonly licenses: LicenseStore;
  /** How many licenses the team may have; default 100. */
  readonly maxLicenses?: number | undefined;
  /** Who stands as `createdByUserId` at level `documented`; the server leaves it null. */
  readonly userId?: string | undefined;
  /** Judges what stands behind `Bearer` in the request (`undefined` when absent). Without it, nobody is asked. */
  readonly authenticate?: (apiKey: string | undefined) => Promise<boolean>;
  /** Sends a license to its customers who have an address. Without it, every mail counts as sent. */
  readonly deliver?: ((license: JsonObject) => Promise<Delivery>) | undefined;
}
