export type { CryptlexAccount, LicenseTemplate } from './cryptlex/account.js';
export {
  type ActivationClaims,
  type ActivationCode,
  type ActivationPolicy,
  type ActivationVerdict,
  verifyActivationToken,
} from './cryptlex/activation-token.js';
export { createRequestJsonSchema, validateCreateRequest } from './cryptlex/create-request.js';
export { keyFormat, keyProblem, vendorName } from './cryptlex/license-key.js';
export { keysPerRequest, pace, prepareFields, prepareRequest, quotas } from './cryptlex/prepare.js';
export { type CryptlexStatus, parseRecord } from './cryptlex/record.js';
export { respond } from './cryptlex/respond.js';
export {
  type ReceivedWebhook,
  verifyWebhook,
  type WebhookReason,
  type WebhookVerdict,
} from './cryptlex/webhook.js';
export { type LicenseStore, memoryLicenses } from './server/license-store.js';
export type * from './server/vendor.js';
export type { WebhookHeaders } from './server/webhook.js';
