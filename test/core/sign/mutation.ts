import fc from 'fast-check';
import type { Envelope } from '../../../src/core/sign/envelope.js';

/** A name for what was done, and the envelope it was done to: text or value. */
export interface Mutant {
  readonly what: string;
  readonly envelope: unknown;
}

const MEMBERS = ['response', 'response_base64', 'private_key_used', 'signature'] as const;

const strange = fc.oneof(
  fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true, withTypedArray: true }),
  fc.constantFrom(
    'Private key not set',
    '__proto__',
    '\ud800',
    '\ufeff',
    'A'.repeat(10_000),
    '=',
    '\0',
    null,
    -0,
  ),
);

/**
 * One mutation of a genuine envelope that nobody may believe: what is signed, or the signature, is another, or
 * the whole is no envelope any more.
 */
export function mutants(genuine: readonly Envelope[], other: Envelope): fc.Arbitrary<Mutant> {
  const envelope = fc.constantFrom(...genuine);
  const sealed = fc.constantFrom('response_base64' as const, 'signature' as const);
  const flipBit = fc.tuple(envelope, sealed, fc.nat(), fc.nat(6)).map(([from, member, place, bit]) => {
    const text = from[member];
    const index = place % text.length;
    const code = text.charCodeAt(index) ^ (1 << bit);
    const changed = text.slice(0, index) + String.fromCharCode(code) + text.slice(index + 1);
    return { what: `a bit of ${member}`, envelope: { ...from, [member]: changed } };
  });
  const flipByte = fc
    .tuple(envelope, sealed, fc.nat(), fc.integer({ min: 1, max: 255 }))
    .map(([from, member, place, by]) => {
      const bytes = Buffer.from(from[member], 'base64');
      const index = place % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ by;
      return { what: `a byte inside ${member}`, envelope: { ...from, [member]: bytes.toString('base64') } };
    });
  const cut = fc.tuple(envelope, sealed, fc.nat(), fc.nat(20)).map(([from, member, place, length]) => {
    const text = from[member];
    const start = place % text.length;
    const changed = text.slice(0, start) + text.slice(start + length + 1);
    return { what: `${member} cut`, envelope: { ...from, [member]: changed } };
  });
  const swap = fc.tuple(envelope, sealed, fc.constantFrom(...MEMBERS)).map(([from, member, with_]) => ({
    what: `${with_} in the place of ${member}`,
    envelope: { ...from, [member]: with_ === member ? other[member] : from[with_] },
  }));
  const recode = fc
    .tuple(envelope, sealed, fc.constantFrom('hex', 'latin1', 'url', 'line', 'space', 'nul'))
    .map(([from, member, form]) => ({
      what: `${member} as ${form}`,
      envelope: { ...from, [member]: respell(from[member], form) },
    }));
  const replace = fc.tuple(envelope, sealed, strange).map(([from, member, value]) => ({
    what: `something strange as ${member}`,
    envelope: { ...from, [member]: value },
  }));
  const sibling = fc.tuple(envelope, fc.anything()).map(([from, value]) => ({
    what: 'a readable copy that differs',
    envelope: { ...from, response: value === undefined ? null : value },
  }));
  const double = fc.tuple(envelope, fc.constantFrom(...MEMBERS)).map(([from, member]) => ({
    what: `${member} twice`,
    envelope: JSON.stringify(from).replace(
      '{',
      `{${JSON.stringify(member)}:${JSON.stringify(other[member])},`,
    ),
  }));
  const nest = fc.tuple(envelope, fc.integer({ min: 65, max: 3000 })).map(([from, depth]) => ({
    what: 'deep nesting',
    envelope: JSON.stringify(from).replace('{', `{"more":${'['.repeat(depth)}${']'.repeat(depth)},`),
  }));
  const inherit = envelope.map((from) => ({
    what: 'members by __proto__',
    envelope: `{"__proto__":${JSON.stringify(from)}}`,
  }));
  const noise = fc
    .tuple(envelope, fc.nat(), fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }))
    .map(([from, place, text]) => {
      const json = JSON.stringify(from);
      const index = json.indexOf(from.response_base64) + (place % from.response_base64.length);
      return { what: 'noise in the text', envelope: json.slice(0, index) + text + json.slice(index) };
    });
  const anything = strange.map((value) => ({ what: 'anything at all', envelope: value }));
  return fc.oneof(
    flipBit,
    flipByte,
    cut,
    swap,
    recode,
    replace,
    sibling,
    double,
    nest,
    inherit,
    noise,
    anything,
  );
}

function respell(text: string, form: string): string {
  const bytes = Buffer.from(text, 'base64');
  if (form === 'hex') return bytes.toString('hex');
  if (form === 'latin1') return bytes.toString('latin1');
  if (form === 'url') return `${text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}-`;
  if (form === 'line') return text.replace(/.{20}/, '$&\r\n');
  return form === 'space' ? ` ${text}` : `${text}\0`;
}
