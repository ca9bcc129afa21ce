export { type LicenseStore, memoryLicenses } from './server/license-store.js';
export type * from './server/vendor.js';
export type { WebhookHeaders } from './server/webhook.js';
export type { Named, SolifynAccount } from './solifyn/account.js';
export { createRequestJsonSchema, validateCreateRequest } from './solifyn/create-request.js';
export { keyFormat, keyProblem, looksGenerated, vendorName } from './solifyn/license-key.js';
export { keysPerRequest, pace, prepareFields, prepareRequest, quotas } from './solifyn/prepare.js';
export { parseRecord, type SolifynStatus } from './solifyn/record.js';
export { respond } from './solifyn/respond.js';
export {
  type ReceivedWebhook,
  verifyWebhook,
  type WebhookReason,
  type WebhookVerdict,
} from './solifyn/webhook.js';
