import type { FormatOptions } from '../../../src/core/format/parse-format.js';
import type { Shard } from '../../../src/core/generate/shard.js';

/** The first keys of a seeded batch. These never change: another stream would be stream v2. */
export interface GoldenBatch {
  readonly spec: string;
  readonly options: FormatOptions;
  readonly shard: Shard;
  readonly keys: readonly string[];
}

/** The seed of every golden batch. */
export const GOLDEN_SEED = 'golden';

/** The time of every golden batch, which only `uuidv7` shows. */
export const GOLDEN_NOW = '2024-02-29T12:34:56.789Z';

export const GOLDEN_BATCHES: readonly GoldenBatch[] = [
  {
    spec: 'lukittu',
    options: {},
    shard: { index: 1, of: 1 },
    keys: ['JPDTQ-4ZEPP-W4BUB-XFVDN-SVDS0', '4RJLJ-KV599-QZ71O-6WURV-DPWI3', 'DSRBD-Y7MOH-RUH2A-P6KX7-F1ARX'],
  },
  {
    spec: 'cryptlex',
    options: {},
    shard: { index: 1, of: 1 },
    keys: [
      '8C62B4-FC09AA-E90753-7A2640-4AAB8B-221981',
      '218B5C-584B24-DC59DD-06B67D-3452CB-F71372',
      '62C22D-810BB7-DB34D3-0EB54B-F2D373-9CC35E',
    ],
  },
  {
    spec: 'solifyn',
    options: {},
    shard: { index: 1, of: 1 },
    keys: ['8C62-B4FC-09AA', '218B-5C58-4B24', '62C2-2D81-0BB7'],
  },
  { spec: 'serial', options: {}, shard: { index: 1, of: 1 }, keys: ['JPDT-Q4ZE', '4RJL-JKV5', 'DSRB-DY7M'] },
  {
    spec: 'uuid',
    options: {},
    shard: { index: 1, of: 1 },
    keys: [
      '8c62b4fc-09aa-4e90-9537-a26404aab8b2',
      '218b5c58-4b24-4dc5-add0-6b67d3452cbf',
      '62c22d81-0bb7-4db3-9d30-eb54bf2d3739',
    ],
  },
  {
    spec: 'uuidv7',
    options: {},
    shard: { index: 1, of: 1 },
    keys: [
      '018df4dc-5495-78c6-8b4f-c09aae907537',
      '018df4dc-5495-7218-a5c5-84b24dc59dd0',
      '018df4dc-5495-762c-82d8-10bb7db34d30',
    ],
  },
  {
    spec: 'XXXXX-XXXXX',
    options: { alphabet: 'crockford32', checkCharacter: 'auto' },
    shard: { index: 1, of: 1 },
    keys: ['HGC9P-HZJ19', '47HDB-KB29X', 'C8R85-MG51P'],
  },
  {
    spec: 'X{7}',
    options: { alphabet: 'nolookalike', prefix: 'K-' },
    shard: { index: 1, of: 1 },
    keys: ['K-JYDWQVZ', 'K-65JVD9C', 'K-DWSH7GH'],
  },
  { spec: '9[ab]H', options: {}, shard: { index: 1, of: 1 }, keys: ['5a6', '1a8', '3bC'] },
  {
    spec: 'lukittu',
    options: {},
    shard: { index: 1, of: 8 },
    keys: ['3GGBA-JGXZI-1NOKZ-7BZB1-FYY7U', '0H617-0XPCG-AXKSQ-1OXRP-4QTVX', '33C8S-DY9XT-L9RWK-9WXKP-HETKB'],
  },
  {
    spec: 'lukittu',
    options: {},
    shard: { index: 8, of: 8 },
    keys: ['YYGBA-JGXZI-1NOKZ-7BZB1-FYY7U', 'VZ617-0XPCG-AXKSQ-1OXRP-4QTVX', 'YLC8S-DY9XT-L9RWK-9WXKP-HETKB'],
  },
  { spec: '9999', options: {}, shard: { index: 2, of: 3 }, keys: ['5106', '3973', '6483'] },
  {
    spec: 'uuidv7',
    options: {},
    shard: { index: 3, of: 5 },
    keys: [
      '018df4dc-5495-7884-921e-58c08f04daef',
      '018df4dc-5495-7778-be13-a5cacfb9793b',
      '018df4dc-5495-7877-966f-7dd92ddb6c69',
    ],
  },
  {
    spec: 'XXXX-XXXX',
    options: { checkCharacter: 'auto' },
    shard: { index: 2, of: 2 },
    keys: ['YGBA-JGX1', 'Z617-0XPV', 'LC8S-DY97'],
  },
];

/** SHA-256 of 100,000 keys of the seed, a key a line. */
export const GOLDEN_HASHES = {
  lukittu: 'a185ab2e06d6e2707d14cba2c8c44887232e540177bebf9f3aa34d2db924af24',
  uuid: '23eb2586a8d4a2ade5dfa6268e2e82bbb89e2f0a15dd5f4bda912d169307fc58',
};
