/**
 * The 21 values of `result.code` in Lukittu's answers to errors (components/schemas/ErrorResponse of its OpenAPI
 * document), each with its HTTP status. The Client API sends them; the Dev API, which creates licenses, sends
 * none, although the document requires one. A verification that succeeded has the code VALID, which is no error.
 *
 * The document names no status but 4XX and 5XX; these are the ones that the server sends the codes with, and for
 * UNAUTHORIZED, which it never sends, the one that the name has in HTTP (RFC 9110, section 15.5.2).
 */
export const RESULT_CODES = {
  INTERNAL_SERVER_ERROR: 500,
  BAD_REQUEST: 400,
  LICENSE_NOT_FOUND: 404,
  IP_LIMIT_REACHED: 403,
  HWID_LIMIT_REACHED: 403,
  PRODUCT_NOT_FOUND: 404,
  CUSTOMER_NOT_FOUND: 404,
  LICENSE_EXPIRED: 403,
  LICENSE_SUSPENDED: 403,
  TEAM_NOT_FOUND: 404,
  RATE_LIMIT: 429,
  HARDWARE_IDENTIFIER_BLACKLISTED: 403,
  COUNTRY_BLACKLISTED: 403,
  IP_BLACKLISTED: 403,
  RELEASE_NOT_FOUND: 404,
  FORBIDDEN: 403,
  UNAUTHORIZED: 401,
  INVALID_SESSION_KEY: 400,
  NO_ACCESS_TO_RELEASE: 403,
  RELEASE_ARCHIVED: 403,
  RELEASE_DRAFT: 403,
} as const;

/** A value of `result.code` in an answer that tells of an error. */
export type ResultCode = keyof typeof RESULT_CODES;
