import {
  collisionOdds,
  GUESSES_PER_SECOND,
  largestSensibleBatch,
  secondsToGuess,
} from '../../../core/format/capacity.js';
import { shownMask } from '../../../core/format/format-text.js';
import type { KeyFormat } from '../../../core/format/key-format.js';
import { PRESETS } from '../../../core/format/preset.js';
import { describeFormat } from '../../../node/batch/manifest.js';
import type { Command } from '../../command/command.js';
import { DONE, UsageError } from '../../command/exit-code.js';
import {
  count,
  FORMAT_OPTIONS,
  flag,
  flagged,
  formatOf,
  presetNames,
  text,
  valued,
} from '../../command/options.js';
import { grouped } from '../../command/progress.js';
import { jsonReport } from '../../reports/listing.js';

const DEFAULT_COUNT = 100_000;

/** `keywright format`: what a format is and how far it carries. */
export const formatCommand: Command = {
  name: 'format',
  operands: 'SPEC [options]',
  operandWords: presetNames,
  describe: 'Describe a format: its shape, its capacity, and how large a batch it carries.',
  options: {
    ...FORMAT_OPTIONS,
    count: valued(`keys that would be issued (default ${DEFAULT_COUNT})`, { alias: 'n' }),
    json: flagged('print JSON'),
  },
  examples: [
    ['The short serial, with ten thousand issued', 'format ABCD-EFGH --count 10000'],
    ['Five groups without look-alikes', 'format XXXXX-XXXXX-XXXXX --alphabet nolookalike'],
    ["Cryptlex's key pattern", "format '/^([A-F0-9]{6}-){5}[A-F0-9]{6}$/'"],
  ],
  epilogue: [
    `Presets: ${PRESETS.map((preset) => preset.name).join(', ')}.`,
    'A mask: X or # a symbol of the alphabet, 9 a digit, A a letter, H a hex digit, […] a class, (…) a group, {n} a repeat, \\c the literal c; - _ . : / and space are literals.',
    'A regex: between slashes; anchors, classes, groups, {n} and \\d.',
  ].join('\n'),

  async run(args, context) {
    const spec = context.operands[0] ?? text(args, 'format');
    if (spec === undefined)
      throw new UsageError('format describes a SPEC: name a preset, a mask or a /regex/');
    if (context.operands.length > (text(args, 'format') === undefined ? 1 : 0)) {
      throw new UsageError('format describes one SPEC: quote it if it holds spaces');
    }
    const described = await formatOf(args, spec);
    const issued = count(args, 'count') ?? DEFAULT_COUNT;
    await context.print(flag(args, 'json') ? asJson(described, issued) : asText(described, issued));
    return DONE;
  },
};

function asJson(described: KeyFormat, issued: number): string {
  const { capacity } = described;
  return jsonReport('format', {
    ...describeFormat(described),
    example: described.example,
    length: described.length,
    checkCharacter: described.check?.algorithm.name ?? null,
    largestSensibleBatch: largestSensibleBatch(capacity),
    count: issued,
    collisionOdds: collisionOdds(issued, capacity),
    secondsToGuess: secondsToGuess(issued, capacity),
  });
}

function asText(described: KeyFormat, issued: number): string {
  const { capacity, entropyBits, check } = described;
  const batch = largestSensibleBatch(capacity);
  const lines = [
    ['mask', shownMask(described.mask)],
    ['regex', described.regex.source],
    ['example', described.example],
    ['length', `${described.length} characters`],
    ['alphabet', described.alphabet ?? 'differs from slot to slot'],
    ...(check === undefined ? [] : [['check', `last slot, ${check.algorithm.name}`]]),
    ['entropy', `${entropyBits.toFixed(2)} bits`],
    ['capacity', `${grouped(capacity)} keys`],
    [
      'sensible',
      batch === 0
        ? 'no batch: guessing is too easy'
        : `up to ${grouped(batch)} keys, so that guessing one takes a year`,
    ],
    [
      'collision',
      `${odds(collisionOdds(issued, capacity))} that ${grouped(issued)} keys drawn blindly hold a pair of equals`,
    ],
    [
      'guessing',
      `one of ${grouped(issued)} keys takes ${duration(secondsToGuess(issued, capacity))} at ${GUESSES_PER_SECOND} guesses a second`,
    ],
  ];
  return `${lines.map(([name = '', value]) => `${name.padEnd(10)} ${value}`).join('\n')}\n`;
}

function odds(value: number): string {
  if (value === 0) return 'practically no odds';
  if (value > 0.999) return 'certainty';
  return value >= 0.001 ? `odds of ${(value * 100).toPrecision(3)} %` : `odds of ${value.toExponential(1)}`;
}

const UNITS: readonly (readonly [number, string])[] = [
  [31_557_600, 'years'],
  [86_400, 'days'],
  [3600, 'hours'],
  [60, 'minutes'],
];

function duration(seconds: number): string {
  const [size, unit] = UNITS.find(([size]) => seconds >= 2 * size) ?? [1, 'seconds'];
  const amount = seconds / size;
  return `${amount >= 1e6 ? amount.toExponential(1) : grouped(Math.round(amount))} ${unit}`;
}
