export {
  createRequestJsonSchema,
  createRequestSchema,
  validateCreateRequest,
} from './getkeymanager/create-request.js';
export { keyFormat, keyProblem, vendorName } from './getkeymanager/license-key.js';
export { keysPerRequest, pace, prepareFields, prepareRequest, quotas } from './getkeymanager/prepare.js';
export { type GetKeyManagerStatus, parseRecord } from './getkeymanager/record.js';
export {
  type GetKeyManagerAccount,
  type KeptResponse,
  type KeptResponses,
  respond,
} from './getkeymanager/respond.js';
export type * from './server/vendor.js';
