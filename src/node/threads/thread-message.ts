import { type ErrorCode, type ErrorDetails, isKeywrightError, KeywrightError } from '../../core/errors.js';

/** What a thread sends: an answer, or the error that it ended with. */
export type ThreadMessage<Answer> = { readonly answer: Answer } | { readonly fault: ThreadFault };

/** An error on its way from a thread: a clone would lose its class and its code. */
export type ThreadFault =
  | { readonly code: ErrorCode; readonly message: string; readonly details: ErrorDetails[ErrorCode] }
  | { readonly error: unknown };

/** An error as it can be sent. */
export function faultOf(error: unknown): ThreadFault {
  if (!isKeywrightError(error)) return { error };
  return { code: error.code, message: error.message, details: error.details };
}

/** The error that was sent. */
export function errorOf(fault: ThreadFault): unknown {
  return 'code' in fault ? new KeywrightError(fault.code, fault.message, fault.details) : fault.error;
}
