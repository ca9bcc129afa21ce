import { describe, expect, it } from 'vitest';
import * as lukittu from '../../../../src/core/vendors/lukittu.js';
import {
  createRequestJsonSchema,
  keyFormat,
  keyProblem,
  RESULT_CODES,
} from '../../../../src/core/vendors/lukittu.js';
import type { Vendor } from '../../../../src/core/vendors/server/vendor.js';
import { generateKeys, PRESETS, parseFormat } from '../../../../src/index.js';
import { hasSeeds, NEEDS_SEEDS, readSeed } from '../seed-files.js';
import { KEY } from './lukittu-fixtures.js';

/** What is prepared comes from another part of the module. */
type Prepares = 'prepareRequest' | 'keysPerRequest' | 'pace';

it('is a vendor like the others', () => {
  const vendor: Omit<Vendor<lukittu.LukittuAccount, lukittu.LukittuStatus>, Prepares> = lukittu;
  expect(vendor.vendorName).toBe('Lukittu');
  expect(PRESETS.map(({ name }) => name)).toContain(vendor.keyFormat);
});

describe('keyProblem', () => {
  it('has nothing against the keys of the preset', () => {
    for (const key of generateKeys(keyFormat, 200)) expect(keyProblem(key)).toBeUndefined();
  });

  it.each([
    [KEY.toLowerCase(), 'has lower-case letters: Lukittu takes only A-Z and 0-9'],
    [`aB12C${KEY.slice(5)}`, 'has lower-case letters: Lukittu takes only A-Z and 0-9'],
    [` ${KEY}`, 'has white space around it: remove it'],
    [`${KEY}\n`, 'has white space around it: remove it'],
    ['', 'has 0 characters: a Lukittu key has 29, five groups of five'],
    [KEY.replaceAll('-', ''), 'has 25 characters: a Lukittu key has 29, five groups of five'],
    [`${KEY}-AAAAA`, 'has 35 characters: a Lukittu key has 29, five groups of five'],
    [KEY.replaceAll('-', '_'), 'lacks the hyphen at character 6: groups of five are divided by it'],
    [`${KEY.slice(0, 28)}Ä`, 'has something other than A-Z and 0-9 at character 29'],
    [KEY.replace('1', '１'), 'has something other than A-Z and 0-9 at character 3'],
    [KEY.replace('1', '-'), 'has something other than A-Z and 0-9 at character 3'],
  ])('%j %s', (key, problem) => {
    expect(keyProblem(key)).toBe(problem);
    expect(problem).not.toContain(KEY.slice(0, 5));
  });

  it('L9: takes the digit 0', () => {
    expect(keyProblem('00000-00000-00000-00000-00000')).toBeUndefined();
  });
});

describe(`Lukittu's OpenAPI document${NEEDS_SEEDS}`, () => {
  const document = readSeed('004');

  /** The part of the document below `name:`, at any depth; the first of that name. */
  function below(name: string, within = document): string {
    const [, indent = '', part = ''] =
      new RegExp(`^( *)${name}:\\s*\\n((?:\\1 .*\\n|\\n)*)`, 'm').exec(within) ?? [];
    return part.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
  }

  const items = (list: string) => [...list.matchAll(/^ *- (.+)$/gm)].map(([, entry]) => entry);
  const request = below('CreateLicenseRequest');

  it.runIf(hasSeeds)('has 21 result codes, which are ours, each with a status of its class', () => {
    const codes = items(below('enum', below('code', below('ErrorResponse'))));
    expect(codes).toHaveLength(21);
    expect(Object.keys(RESULT_CODES)).toEqual(codes);
    expect(Object.values(RESULT_CODES).every((status) => status >= 400 && status < 600)).toBe(true);
    expect(Object.entries(RESULT_CODES).filter(([, status]) => status >= 500)).toEqual([
      ['INTERNAL_SERVER_ERROR', 500],
    ]);
  });

  it.runIf(hasSeeds)('L9: has the pattern of our keys: digits from 0', () => {
    const [, pattern] = /pattern: (.+)/.exec(below('LicenseKey')) ?? [];
    expect(keyProblem(KEY)).toBeUndefined();
    expect(new RegExp(pattern ?? '').test(KEY)).toBe(true);
    expect(pattern).toContain('0-9');
    const groups = (text: string) => text.replaceAll(/\[(?:0-9A-Z|A-Z0-9)\]/g, '[]');
    const repeated = groups(parseFormat(keyFormat).regex.source).replaceAll(
      /\(\?:(.*?)\)\{(\d)\}/g,
      (_, part, count) => part.repeat(count),
    );
    expect(repeated).toBe(groups(pattern ?? ''));
  });

  it.runIf(hasSeeds)('requires the six fields that we require at its level, and knows the eleven', () => {
    const schema = createRequestJsonSchema('documented');
    expect(new Set(Object.values(schema.required ?? {}))).toEqual(new Set(items(below('required', request))));
    const names = [...below('properties', request).matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name);
    expect(Object.keys(schema.properties ?? {}).sort()).toEqual(names.sort());
  });

  it.runIf(hasSeeds)('has our enumerations and the Discord id', () => {
    expect(items(below('enum', below('ExpirationType', below('schemas'))))).toEqual([
      'NEVER',
      'DATE',
      'DURATION',
    ]);
    expect(items(below('enum', below('ExpirationStart', below('schemas'))))).toEqual([
      'CREATION',
      'ACTIVATION',
    ]);
    expect(below('discordId')).toContain('pattern: ^\\d{17,19}$');
  });

  it.runIf(hasSeeds)('L2: lets ipLimit begin at 0, and the others at 1', () => {
    const properties = below('properties', request);
    const minimum = (name: string) => /minimum: (\d+)/.exec(below(name, properties))?.[1];
    expect(['ipLimit', 'hwidLimit', 'expirationDays'].map(minimum)).toEqual(['0', '1', '1']);
  });

  it.runIf(hasSeeds)('L6, L7: requires createdByUserId and result.code, which the server leaves out', () => {
    expect(items(below('required', below('LicenseData')))).toContain('createdByUserId');
    expect(below('ErrorResponse')).toMatch(/required:\n +- code/);
  });
});
