import type { ValidateOptions, Validation } from '../server/vendor.js';
import { validateRequest } from './request.js';

/**
 * Judges the body of `PUT /api/v1/dev/teams/{teamId}/licenses/id/{licenseId}`, the only way to a license key of
 * one's own: the fields of a create request without `sendEmailDelivery` and with `licenseKey`. A DURATION may
 * bring its `expirationDate` here, for null erases the one that the license has. Never throws, whatever the body.
 *
 * @throws {KeywrightError} `invalid_option` when `now` is no valid time.
 *
 * @example
 * validateUpdateRequest([], { now: new Date() }).issues[0]?.message; // 'must be an object'
 */
export function validateUpdateRequest(body: unknown, options: ValidateOptions): Validation {
  return validateRequest('update', body, options);
}
