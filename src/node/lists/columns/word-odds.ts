/** Letters that often follow one another in the words of European languages: a fifth of all pairs, and most of those in words. */
const PAIRS: ReadonlySet<string> = new Set(
  `th he in er an re nd at on nt ha es st en ed to it ou ea hi is or ti as te et ng of al de se le sa si ar ve ra ld ur ro ri io ne me li co
  ca no el ce la om ta ic di ma pa pe pr so un tr ts wi ch ac ct iv va am ad ag ai ap ay be bl bo bu cl cr cu do ec ee em ep ev ex fe fi fo fr
  ga ge gi go gr ho id ie if ig il im ir ke ki ll lo lu ly mi mo mu na nc ni ns od ol oo op os ot ow ph pi pl po ps pu qu rd rs rt sc sh sp ss
  su sy tt tu ty uc ue ul um us ut vi wa we wh yo ub ib ab ob ck ey my wn`.split(/\s+/),
);
const SHARE = PAIRS.size / 26 ** 2;
const SHORTEST = 5;

/**
 * How likely it is that letters and digits drawn at random hold such a word as this text does, in its longest run of letters; 1 for
 * what is no word. `digits` is the share of digits among what is drawn.
 */
export function oddsOfWord(text: string, digits: number): number {
  const runs = text.toLowerCase().match(/[a-z]+/g) ?? [];
  const [run = ''] = runs.toSorted((a, b) => b.length - a.length);
  if (run.length < SHORTEST) return 1;
  const pairs = Array.from({ length: run.length - 1 }, (_, at) => run.slice(at, at + 2));
  const usual = pairs.filter((pair) => PAIRS.has(pair)).length;
  const places = text.replace(/[^\p{L}\p{N}]/gu, '').length - run.length + 1;
  return Math.min(1, places * (1 - digits) ** run.length * atLeast(usual, pairs.length));
}

/** How likely at least `some` of `all` pairs are usual ones by chance. */
function atLeast(some: number, all: number): number {
  let sum = 0;
  for (let count = some; count <= all; count++)
    sum += ways(all, count) * SHARE ** count * (1 - SHARE) ** (all - count);
  return sum;
}

/** In how many ways `some` of `all` can be chosen. */
export function ways(all: number, some: number): number {
  let product = 1;
  for (let at = 0; at < some; at++) product *= (all - at) / (at + 1);
  return product;
}
