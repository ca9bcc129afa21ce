import { ROUNDS } from './hmac-sha256.js';

/** Blocks that are hashed at once. */
export const LANES = 4;

/** What the module below offers. Addresses are those of its memory. */
export interface Sha256Lanes {
  /** Word `w` of lane `l` of what begins at address `a` is `words[a / 4 + w * LANES + l]`. */
  readonly words: Int32Array;
  /**
   * One block in each lane, FIPS 180-4 section 6.2.2: reads eight words of state at `from` and sixteen words of
   * message at `block`, writes eight words of state to `to`.
   */
  compress(from: number, block: number, to: number): void;
}

/** Undefined where Node.js was started without WebAssembly, as with `--jitless`. */
export function sha256Lanes(): Sha256Lanes | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  const { memory, compress } = new WebAssembly.Instance(new WebAssembly.Module(sha256Module())).exports;
  return { words: new Int32Array(memory.buffer), compress };
}

/** The global of that name, which the types of Node.js leave out. */
declare const WebAssembly:
  | undefined
  | {
      readonly Module: new (bytes: Uint8Array) => object;
      readonly Instance: new (module: object) => { readonly exports: Exports };
    };

interface Exports extends Pick<Sha256Lanes, 'compress'> {
  readonly memory: { readonly buffer: ArrayBuffer };
}

/** WebAssembly, https://webassembly.github.io/spec/core/binary/: what follows is its instructions, as bytes. */
type Code = readonly number[];

const I32 = 0x7f;
const V128 = 0x7b;
const END = 0x0b;

const AND = vector(0x4e);
const OR = vector(0x50);
const XOR = vector(0x51);
const ADD = vector(0xae);

const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const load = (address: number, word: number): Code => [...get(address), ...vector(0), ...place(word)];
const store = (word: number): Code => [...vector(0x0b), ...place(word)];
const constant = (value: number): Code => [0x41, ...signed(value), ...vector(0x11)];
const shiftLeft = (bits: number): Code => [0x41, ...signed(bits), ...vector(0xab)];
const shiftRight = (bits: number): Code => [0x41, ...signed(bits), ...vector(0xad)];

/** The parameters of `compress`, then its locals. */
const [FROM, BLOCK, TO] = [0, 1, 2];
const state = (index: number): number => 3 + (index & 7);
const word = (index: number): number => 11 + (index & 15);
const SUM = 27;

function sha256Module(): Uint8Array {
  const type = [1, 0x60, ...list([I32, I32, I32]), 0];
  const names = [...list(Buffer.from('memory')), 2, 0, ...list(Buffer.from('compress')), 0, 0];
  const body = [1, SUM - TO, V128, ...compressCode(), END];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, type),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...names]),
    ...section(10, [1, ...list(body)]),
  ]);
}

/** All rounds one after the other: instead of moving the eight words of state, each round names them anew. */
function compressCode(): Code {
  const code: number[] = [];
  for (let index = 0; index < 8; index++) code.push(...load(FROM, index), ...set(state(index)));
  for (let index = 0; index < 16; index++) code.push(...load(BLOCK, index), ...set(word(index)));
  for (const [round, added] of ROUNDS.entries())
    code.push(...scheduleCode(round), ...roundCode(round, added));
  for (let index = 0; index < 8; index++) {
    code.push(...get(TO), ...get(state(index)), ...load(FROM, index), ...ADD, ...store(index));
  }
  return code;
}

/** The word of a round, in the place of the one sixteen rounds before. */
function scheduleCode(round: number): Code {
  if (round < 16) return [];
  const [old, late] = [get(word(round - 15)), get(word(round - 2))];
  const small0 = [...rotate(old, 7), ...rotate(old, 18), ...XOR, ...old, ...shiftRight(3), ...XOR];
  const small1 = [...rotate(late, 17), ...rotate(late, 19), ...XOR, ...late, ...shiftRight(10), ...XOR];
  const sum = [...get(word(round)), ...get(word(round - 7)), ...ADD, ...small0, ...ADD, ...small1, ...ADD];
  return [...sum, ...set(word(round))];
}

function roundCode(round: number, added: number): Code {
  const name = (index: number): number => state(index - round);
  const [a, b, c, d] = [get(name(0)), get(name(1)), get(name(2)), get(name(3))];
  const [e, f, g, h] = [get(name(4)), get(name(5)), get(name(6)), get(name(7))];
  const sum1 = [...rotate(e, 6), ...rotate(e, 11), ...XOR, ...rotate(e, 25), ...XOR];
  const choice = [...f, ...g, ...XOR, ...e, ...AND, ...g, ...XOR];
  const known = [...h, ...get(word(round)), ...ADD, ...constant(added), ...ADD];
  const first = [...known, ...sum1, ...ADD, ...choice, ...ADD, ...set(SUM)];
  const sum0 = [...rotate(a, 2), ...rotate(a, 13), ...XOR, ...rotate(a, 22), ...XOR];
  const majority = [...a, ...b, ...OR, ...c, ...AND, ...a, ...b, ...AND, ...OR];
  const newE = [...d, ...get(SUM), ...ADD, ...set(name(3))];
  const newA = [...get(SUM), ...sum0, ...ADD, ...majority, ...ADD, ...set(name(7))];
  return [...first, ...newE, ...newA];
}

function rotate(value: Code, bits: number): Code {
  return [...value, ...shiftRight(bits), ...value, ...shiftLeft(32 - bits), ...OR];
}

function vector(instruction: number): Code {
  return [0xfd, ...unsigned(instruction)];
}

/** Where a word of all lanes lies behind an address, itself a multiple of sixteen. */
function place(index: number): Code {
  return [4, ...unsigned(4 * LANES * index)];
}

function section(id: number, content: Code): Code {
  return [id, ...list(content)];
}

function list(bytes: Code | Uint8Array): Code {
  return [...unsigned(bytes.length), ...bytes];
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): Code {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}
