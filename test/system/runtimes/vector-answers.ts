import { answerOf } from '../../clients/own-verifiers.js';
import type { Answer } from '../../clients/vector-case.js';

/** What is said of each case of samples/clients/vectors.json, given as text: the program that runs in each runtime. */
export async function vectorAnswers(vectors: string): Promise<readonly Answer[]> {
  const { keyrings, cases } = JSON.parse(vectors);
  const answers: Answer[] = [];
  for (const one of cases) answers.push(await answerOf({ ...one, keyring: keyrings[one.keyring] }));
  return answers;
}
