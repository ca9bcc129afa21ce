import * as z from 'zod/mini';
import { readInstant } from './instant.js';

/** A time in RFC 3339, with up to seven digits of a second. */
export const TIME = z.string().check(
  z.refine((text) => readInstant(text) !== undefined, 'must be a time like 2026-01-31T00:00:00Z (RFC 3339)'),
  z.meta({ format: 'date-time' }),
);
