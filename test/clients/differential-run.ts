import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { isOfAscii, mutantBlocks } from './mutants.js';
import { answerOf } from './own-verifiers.js';
import { caseLine, type Kind, type VectorCase } from './vector-case.js';

/** A program of samples/clients, and what it does not judge. */
export interface Program {
  readonly command: readonly string[];
  readonly kinds: readonly Kind[];
  readonly lacks: readonly string[];
}

/** A case on which a program and this library differ. */
export interface Difference {
  readonly name: string;
  readonly ours: string;
  readonly theirs: string;
  /** For the program's stdin. */
  readonly line: string;
}

/** What came of it. `verdicts` counts what this library said. */
export interface Comparison {
  readonly judged: number;
  readonly verdicts: ReadonlyMap<string, number>;
  readonly differences: readonly Difference[];
}

/**
 * Puts that many mutants to a program, in one process, and holds each answer against ours: whether it is yes, else why
 * not, and of a yes what comes out. A mutant that this library calls misuse is put to nobody.
 */
export async function compare(program: Program, count: number, seed: number): Promise<Comparison> {
  const [command = '', ...words] = program.command;
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const failed = exit.then(([code]) => Promise.reject(new Error(`${command} exited with ${code}`)));
  failed.catch(() => undefined);
  const waiting: Omit<Difference, 'theirs'>[] = [];
  const verdicts = new Map<string, number>();
  const differences: Difference[] = [];
  let judged = 0;
  const reading = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      const asked = waiting.shift();
      if (asked === undefined) throw new Error(`an answer to nothing: ${line}`);
      const theirs = spelled(JSON.parse(line));
      judged++;
      if (theirs !== asked.ours) differences.push({ ...asked, theirs });
    }
  })();
  for (const block of mutantBlocks(count, seed)) {
    const lines: string[] = [];
    for (const one of block) {
      const ours = isAsked(program, one) ? await ourAnswer(one) : undefined;
      if (ours === undefined) continue;
      const reason = /"reason":"(\w+)"/.exec(ours)?.[1] ?? 'ok';
      verdicts.set(reason, (verdicts.get(reason) ?? 0) + 1);
      const line = caseLine(one);
      waiting.push({ name: `${one.kind}: ${one.name}`, ours, line });
      lines.push(line);
    }
    if (!child.stdin.write(lines.join(''))) await Promise.race([once(child.stdin, 'drain'), failed]);
  }
  child.stdin.end();
  const [code] = await exit;
  await reading;
  if (code !== 0 || waiting.length > 0)
    throw new Error(`${command} exited with ${code}, and owes ${waiting.length} answers`);
  return { judged, verdicts, differences };
}

function isAsked({ kinds, lacks }: Program, one: VectorCase): boolean {
  const lacking = (one.needs ?? []).some((need) => lacks.includes(need));
  return kinds.includes(one.kind) && !lacking && (!lacks.includes('nfkc') || isOfAscii(one));
}

/** What this library answers; undefined to misuse, which other languages may answer as they like. */
async function ourAnswer(one: VectorCase): Promise<string | undefined> {
  const answer = await answerOf(one);
  return answer.reason === 'invalid_option' ? undefined : spelled(answer);
}

/** An answer in one way, whatever the order of its members. */
function spelled(answer: unknown): string {
  return JSON.stringify(answer, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
