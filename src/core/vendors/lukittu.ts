export type { Delivery, LukittuAccount, LukittuCustomer, LukittuProduct } from './lukittu/account.js';
export {
  type AnsweredChallenge,
  type ChallengeReason,
  type ChallengeVerdict,
  newChallenge,
  verifyChallenge,
} from './lukittu/challenge.js';
export { createRequestJsonSchema, validateCreateRequest } from './lukittu/create-request.js';
export { keyFormat, keyProblem, vendorName } from './lukittu/license-key.js';
export {
  keysPerRequest,
  MARKER,
  pace,
  prepareFields,
  prepareRequest,
  quotas,
} from './lukittu/prepare.js';
export { type LukittuStatus, parseRecord } from './lukittu/record.js';
export { respond } from './lukittu/respond.js';
export { RESULT_CODES, type ResultCode } from './lukittu/result-code.js';
export { validateUpdateRequest } from './lukittu/update-request.js';
export { type LicenseStore, memoryLicenses } from './server/license-store.js';
export type * from './server/vendor.js';
