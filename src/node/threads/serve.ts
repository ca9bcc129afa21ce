import { parentPort, workerData } from 'node:worker_threads';
import { faultOf, type ThreadMessage } from './thread-message.js';

/** What a thread does: it may answer unasked, by `say`, and gives what answers questions, if there are any. */
export type ThreadBody<Data, Question, Answer> = (
  data: Data,
  say: (answer: Answer) => void,
) => ((question: Question) => Promise<Answer>) | undefined;

/**
 * Runs a thread from inside. Questions are answered one after the other; an error ends the answers. What `handsOver` names of
 * an answer is not copied, and is no longer this thread's.
 */
export function serve<Data, Question, Answer>(
  body: ThreadBody<Data, Question, Answer>,
  handsOver: (answer: Answer) => readonly ArrayBuffer[] = () => [],
): void {
  const send = (message: ThreadMessage<Answer>) =>
    parentPort?.postMessage(message, 'answer' in message ? handsOver(message.answer) : []);
  const fail = (error: unknown) => send({ fault: faultOf(error) });
  try {
    const answerTo = body(workerData, (answer) => send({ answer }));
    if (answerTo === undefined) return;
    let last: Promise<unknown> = Promise.resolve();
    parentPort?.on('message', (question: Question) => {
      last = last.then(() => answerTo(question)).then((answer) => send({ answer }), fail);
    });
  } catch (error) {
    fail(error);
  }
}
