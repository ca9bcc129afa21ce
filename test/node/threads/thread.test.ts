import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
// The built one, for a thread cannot load TypeScript on every Node that is supported.
import { isKeywrightError } from '../../../dist/index.js';
import { Thread } from '../../../dist/node/threads/thread.js';
import { newFolder } from '../../new-folder.js';

const folder = newFolder();
const built = (path: string) => JSON.stringify(new URL(`../../../dist/${path}`, import.meta.url).href);
const open: Thread<number, string>[] = [];
afterEach(() => Promise.all(open.splice(0).map((thread) => thread.close())));

/** A thread with this body, which sees `data` and `say`. */
function threadOf(body: string, data: unknown = undefined): Thread<number, string> {
  const path = join(folder, `${open.length}-${Math.random()}.mjs`);
  writeFileSync(
    path,
    `import { serve } from ${built('node/threads/serve.js')};
import { KeywrightError } from ${built('core/errors.js')};
serve((data, say) => { ${body} });`,
  );
  const thread = new Thread<number, string>(pathToFileURL(path), data);
  open.push(thread);
  return thread;
}

async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => 'nothing failed',
    (error: unknown) => error,
  );
}

describe('a thread', () => {
  it('answers in the order of the questions, however long each takes', async () => {
    const thread = threadOf(
      'return async (n) => { await new Promise((r) => setTimeout(r, 30 - 10 * n)); return data + n; };',
      'q',
    );
    expect(await Promise.all([1, 2, 3].map((n) => thread.ask(n)))).toEqual(['q1', 'q2', 'q3']);
  });

  it('says what it was not asked for, and is heard after it has ended', async () => {
    const thread = threadOf("say('a'); say('b'); return undefined;");
    expect(await thread.next()).toBe('a');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await thread.next()).toBe('b');
    expect(await rejectionOf(thread.next())).toMatchObject({ message: 'a thread ended early' });
  });

  it('ends with its error, whose class and code survive', async () => {
    const error = "new KeywrightError('exhausted', 'no more', { produced: 1, rejected: 2 })";
    for (const body of [`throw ${error};`, `return async () => { throw ${error}; };`]) {
      const failure = await rejectionOf(threadOf(body).ask(1));
      expect(isKeywrightError(failure, 'exhausted')).toBe(true);
      expect(failure).toMatchObject({ message: 'no more', details: { produced: 1, rejected: 2 } });
    }
    expect(await rejectionOf(threadOf("throw new TypeError('a bug');").next())).toBeInstanceOf(TypeError);
  });

  it('is given up with a reason, also by who waits', async () => {
    const thread = threadOf("say('a'); return () => new Promise(() => {});");
    expect(await thread.next()).toBe('a');
    const waiting = rejectionOf(thread.ask(1));
    const reason = new Error('enough');
    thread.fail(reason);
    expect([await waiting, await rejectionOf(thread.next())]).toEqual([reason, reason]);
  });
});
