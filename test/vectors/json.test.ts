import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { respellJson } from '../../src/core/encoding/json-spelling.js';
import { parseJson } from '../../src/core/encoding/json-text.js';
import { decodeUtf8 } from '../../src/core/encoding/utf8.js';
import { hasVectors, NEEDS, vectorPath } from './vector-files.js';

const TWICE: readonly string[] = ['y_object_duplicated_key.json', 'y_object_duplicated_key_and_value.json'];

describe.skipIf(!hasVectors)(`JSONTestSuite${NEEDS}`, () => {
  const folder = vectorPath('json/test_parsing');
  const names = hasVectors ? readdirSync(folder) : [];
  const read = (name: string) => {
    const text = decodeUtf8(readFileSync(join(folder, name)));
    return text === undefined ? { fault: 'is not UTF-8' } : parseJson(text);
  };

  it.each(names.filter((name) => name.startsWith('y_') && !TWICE.includes(name)))('accepts %s', (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    expect(read(name)).toEqual({ value: JSON.parse(text) });
    for (const style of ['compact', 'php'] as const) {
      const spelled = respellJson(text, style);
      expect(JSON.parse(spelled)).toEqual(JSON.parse(text));
      expect(respellJson(spelled, style)).toBe(spelled);
    }
  });

  it('is there whole: 95 to accept, 186 to refuse, 35 either way', () => {
    const count = (kind: string) => names.filter((name) => name.startsWith(kind)).length;
    expect(['y_', 'n_', 'i_'].map(count)).toEqual([95, 186, 35]);
  });

  it.each(TWICE.filter(() => hasVectors))('refuses %s, which names a member twice', (name) => {
    expect(read(name)).toEqual({ fault: 'names a member twice' });
  });

  it.each(names.filter((name) => name.startsWith('n_')))('refuses %s', (name) => {
    expect(read(name)).toHaveProperty('fault');
  });

  it.each(names.filter((name) => name.startsWith('i_')))('answers %s one way or the other', (name) => {
    expect(Object.keys(read(name))).toHaveLength(1);
  });
});
