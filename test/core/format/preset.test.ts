import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../src/core/format/parse-format.js';
import { PRESETS } from '../../../src/core/format/preset.js';
import { generateKeys } from '../../../src/core/generate/generate.js';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const published: readonly (readonly [string, RegExp, bigint])[] = [
  ['lukittu', /^[A-Z0-9]{5}(-[A-Z0-9]{5}){4}$/, 36n ** 25n],
  ['cryptlex', /^([A-F0-9]{6}-){5}[A-F0-9]{6}$/, 16n ** 36n],
  ['solifyn', /^[A-F0-9]{4}-[A-F0-9]{4}-[A-F0-9]{4}$/, 16n ** 12n],
  ['serial', /^[A-Z0-9]{4}-[A-Z0-9]{4}$/, 36n ** 8n],
  ['ABCD-EFGH', /^[A-Z0-9]{4}-[A-Z0-9]{4}$/, 36n ** 8n],
  ['uuid', UUID_V4, 2n ** 122n],
  ['getkeymanager', UUID_V4, 2n ** 122n],
  ['uuidv7', UUID_V7, 2n ** 74n],
];

describe.each(published)('the preset %s', (name, pattern, capacity) => {
  const format = parseFormat(name);

  it(`has keys that the published pattern ${pattern.source} accepts`, () => {
    for (const key of generateKeys(format, 500, { now: new Date() })) {
      expect(key).toMatch(pattern);
      expect(key).toMatch(format.regex);
    }
    expect(format.example).toMatch(pattern);
  });

  it(`has ${capacity} keys`, () => {
    expect(format.capacity).toBe(capacity);
  });

  it('is found whatever the case of its name', () => {
    for (const spelling of [name.toLowerCase(), name.toUpperCase()]) {
      expect(parseFormat(spelling).regex.source).toBe(format.regex.source);
    }
  });

  it('names its source and can be written back', () => {
    expect(PRESETS.find((preset) => preset.name === name)?.source).not.toBe('');
    expect(parseFormat(format.mask).regex.source).toBe(format.regex.source);
  });
});

it('are these presets and no more', () => {
  expect(PRESETS.map((preset) => preset.name).toSorted()).toStrictEqual(
    published.map(([name]) => name).toSorted(),
  );
});

it('ABCD-EFGH is serial under another name', () => {
  expect(parseFormat('ABCD-EFGH').mask).toBe(parseFormat('serial').mask);
  expect(parseFormat('abcd-efgh').mask).toBe('X{4}-X{4}');
});
