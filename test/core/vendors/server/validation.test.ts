import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  jsonSchema,
  judge,
  mostEntries,
  requireTime,
} from '../../../../src/core/vendors/server/validation.js';
import { refusal } from '../../../failure.js';

const schema = z.strictObject({
  count: z.nullable(z.int().check(z.gte(1), z.lte(9))),
  kind: z.enum(['A', 'B']),
  ids: z.array(z.guid()).check(...mostEntries(2)),
  mail: z.optional(z.email()),
  at: z.optional(z.iso.datetime({ offset: true })),
  only: z.optional(z.literal('x')),
  items: z.optional(z.array(z.strictObject({ key: z.string().check(z.minLength(2)) }))),
  either: z.optional(z.union([z.string(), z.boolean()])),
  own: z.optional(z.string().check(z.regex(/^k/, 'must begin with k'))),
});
const FINE = { count: 1, kind: 'A', ids: [] };

const told = (value: unknown, unknown?: 'issue' | 'warning') => {
  const { issues, warnings } = judge(value, { schema, ...(unknown && { unknown }) });
  const line = ({ path, message }: (typeof issues)[number]) => `${path.join('/')}: ${message}`;
  return { issues: issues.map(line), warnings: warnings.map(line) };
};

describe('judge', () => {
  it('finds nothing wrong with what is right, and keeps it', () => {
    const found = judge(FINE, { schema });
    expect(found.validation).toEqual({ ok: true, issues: [], warnings: [] });
    expect(found.json).toEqual(FINE);
  });

  it.each([
    [{ count: 0 }, 'count: must be at least 1'],
    [{ count: 10 }, 'count: must be at most 9'],
    [{ count: 1.5 }, 'count: must be an integer'],
    [{ count: '1' }, 'count: must be an integer'],
    [{ kind: 'C' }, 'kind: must be one of A, B'],
    [{ kind: undefined }, 'kind: is required'],
    [{ ids: 'x' }, 'ids: must be a list'],
    [{ ids: { 0: 'x' } }, 'ids: must be a list'],
    [{ ids: ['x'] }, 'ids/0: must be a UUID'],
    [{ mail: 'x' }, 'mail: must be an e-mail address'],
    [{ at: '2026-02-30T00:00:00Z' }, 'at: must be a time like 2026-01-31T00:00:00.000Z'],
    [{ at: '2026-02-03' }, 'at: must be a time like 2026-01-31T00:00:00.000Z'],
    [{ only: 'y' }, 'only: must be x'],
    [{ items: [{ key: 'ok' }, {}] }, 'items/1/key: is required'],
    [{ items: [{ key: 'k' }] }, 'items/0/key: must have at least 2 characters'],
    [{ items: [null] }, 'items/0: must be an object'],
    [{ either: 1 }, 'either: is none of the forms it may have'],
    [{ own: 'x' }, 'own: must begin with k'],
    [{ more: 1 }, 'more: is no field that is known here: leave it out'],
    [{ items: [{ key: 'ok', more: 1 }] }, 'items/0/more: is no field that is known here: leave it out'],
  ])('%j: %s', (members, line) => {
    expect(told({ ...FINE, ...members })).toEqual({ issues: [line], warnings: [] });
  });

  it('tells every fault at once, a list too long and its entries too', () => {
    expect(told({ count: 0, ids: ['x', 'y', 'z'], more: 1 }).issues).toEqual([
      'count: must be at least 1',
      'kind: is required',
      'ids/0: must be a UUID',
      'ids/1: must be a UUID',
      'ids/2: must be a UUID',
      'ids: must have at most 2 entries',
      'more: is no field that is known here: leave it out',
    ]);
  });

  it('takes unknown members as warnings where it should', () => {
    const { issues, warnings } = told({ ...FINE, more: 1, items: [{ key: 'ok', x: 1 }] }, 'warning');
    expect(issues).toEqual([]);
    expect(warnings.map((line) => line.split(':')[0])).toEqual(['items/0/x', 'more']);
  });

  it('holds the rules between fields over whatever is there, and tells them what was said', () => {
    const seen: unknown[] = [];
    judge(
      { count: 'x', ids: [1] },
      {
        schema,
        across: (fields, found) => {
          seen.push(
            fields,
            found.refused('count'),
            found.refused('ids', 0),
            found.refused('ids'),
            found.refused(),
          );
        },
      },
    );
    expect(seen).toEqual([{ count: 'x', ids: [1] }, true, true, false, false]);
  });

  it.each([
    ['a list', [FINE], ': must be an object'],
    ['null', null, ': must be an object'],
    ['a text', 'x', ': must be an object'],
    ['nothing', undefined, ': is no JSON value: write dates as text, numbers as finite ones'],
    [
      'a Date',
      { ...FINE, at: new Date(0) },
      'at: is no JSON value: write dates as text, numbers as finite ones',
    ],
    [
      'NaN',
      { ...FINE, count: Number.NaN },
      'count: is no JSON value: write dates as text, numbers as finite ones',
    ],
    ['a Map', new Map(), ': is no JSON value: write dates as text, numbers as finite ones'],
    [
      'a million entries',
      { ...FINE, ids: Array(1e6).fill('x') },
      'ids: has too many entries: 10000 are read',
    ],
    [
      'a million members',
      Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [i, i])),
      ': has too many members: 10000 are read',
    ],
    [
      'a getter that throws',
      {
        get count() {
          throw new Error('secret');
        },
      },
      ': cannot be read: pass what JSON.parse returns',
    ],
  ])('refuses %s', (_, value, line) => {
    expect(told(value).issues).toEqual([line]);
  });

  it('refuses what contains itself, and what is nested 65 deep', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(told(circle).issues[0]).toMatch(/^self\/.*: is nested deeper than 64$/);
  });

  it('reads own members alone: __proto__ is one like any other, and inherited ones are not there', () => {
    const value = JSON.parse('{"count":1,"ids":[],"__proto__":{"kind":"A"}}');
    expect(told(value).issues).toEqual([
      'kind: is required',
      '__proto__: is no field that is known here: leave it out',
    ]);
    expect(told(Object.create(FINE)).issues).toHaveLength(3);
    expect(({} as Record<string, unknown>).kind).toBeUndefined();
  });

  it('never throws and never quotes a text, whatever the value', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withSparseArray: true }),
        (value) => {
          for (const { message } of judge({ ...FINE, own: value, ids: value }, { schema }).issues) {
            if (typeof value === 'string' && value.length > 12) expect(message).not.toContain(value);
          }
          judge(value, { schema, unknown: 'warning' });
        },
      ),
    );
  });
});

describe('jsonSchema', () => {
  it('says the same: draft 2020-12, closed where unknown members are an issue', () => {
    const closed = jsonSchema({ schema }, { title: 'more' });
    expect(closed).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      title: 'more',
      required: ['count', 'kind', 'ids'],
      additionalProperties: false,
      properties: { ids: { maxItems: 2 }, count: { anyOf: [{ minimum: 1, maximum: 9 }, { type: 'null' }] } },
    });
    expect(JSON.parse(JSON.stringify(closed))).toEqual(closed);
    expect(JSON.stringify(jsonSchema({ schema, unknown: 'warning' }))).not.toContain('additionalProperties');
  });
});

it('requires a time that is one', () => {
  expect(refusal(() => requireTime(new Date(Number.NaN))).code).toBe('invalid_option');
  requireTime(new Date());
});
