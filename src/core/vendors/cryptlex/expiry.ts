import type { JsonObject } from '../../encoding/json-text.js';
import { addDuration, parseDuration } from '../time/duration.js';
import { addSeconds, type Instant, readInstant } from '../time/instant.js';

/** How long a license lasts, from when. */
export interface Terms {
  /** An ISO 8601 duration; empty or null for ever. */
  readonly subscriptionInterval: string | null;
  /** Legacy, in seconds, 0 for ever; null when the interval says it. */
  readonly validity: number | null;
  /** `rolling` is legacy: every activation has its own expiry, the license none. */
  readonly start: 'creation' | 'activation' | 'rolling';
}

/** The terms of a request, else those of the license template; of either, the legacy names count last. */
export function termsOf(request: JsonObject, template: JsonObject): Terms {
  const start = startOf(request) ?? startOf(template) ?? 'creation';
  for (const { subscriptionInterval, validity } of [request, template]) {
    if (typeof subscriptionInterval === 'string') return { subscriptionInterval, validity: null, start };
    if (typeof validity === 'number') return { subscriptionInterval: null, validity, start };
  }
  return { subscriptionInterval: null, validity: null, start };
}

/**
 * When a license of these terms expires that is created then: null for never, or not before its first
 * activation; undefined when the terms are no length, or end after the year 9999.
 */
export function expiryOf(
  { subscriptionInterval, validity, start }: Terms,
  createdAt: Instant,
): Instant | null | undefined {
  if (start !== 'creation') return null;
  if (validity !== null) return validity === 0 ? null : addSeconds(createdAt, validity);
  if (subscriptionInterval === null || subscriptionInterval === '') return null;
  const length = parseDuration(subscriptionInterval);
  return length && addDuration(createdAt, length);
}

/** A time as JSON holds it. */
export function timeOf(value: unknown): Instant | undefined {
  return typeof value === 'string' ? readInstant(value) : undefined;
}

function startOf({ subscriptionStartTrigger, expirationStrategy }: JsonObject): Terms['start'] | undefined {
  if (subscriptionStartTrigger === 'creation' || subscriptionStartTrigger === 'activation')
    return subscriptionStartTrigger;
  if (expirationStrategy === 'immediate') return 'creation';
  if (expirationStrategy === 'delayed') return 'activation';
  return expirationStrategy === 'rolling' ? 'rolling' : undefined;
}
