import { type ChildProcess, spawn } from 'node:child_process';
import { KeywrightError } from '../../core/errors.js';
import { errnoOf, shownPath, shownText } from '../files/file-error.js';
import { onExit } from '../publish/exit-duty.js';

/** How {@link runProgram} runs. */
export interface ProgramRunOptions {
  /** What the program reads. */
  readonly input: Uint8Array;
  /** Milliseconds until it is ended. */
  readonly timeout: number;
  /** The most that it may write; a program that writes more is ended. */
  readonly most: number;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Ends it, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What is kept of a program's complaint. */
const MOST_TOLD = 4096;

/**
 * Runs a program without a shell, and resolves with what it wrote to standard output.
 *
 * @throws {KeywrightError} `failed_signer`: it does not exist, exits with another code than 0, by a signal, or after too
 * long, or writes too much. The message has what it said on standard error, as one line without what looks like a key. The
 * signal's reason.
 */
export function runProgram(
  [program = '', ...words]: readonly string[],
  { input, timeout, most, env, signal }: ProgramRunOptions,
): Promise<Uint8Array> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: 'pipe', windowsHide: true, env: env ?? process.env });
    // Also one that was given up and does not end by itself: it is not left behind when this process ends.
    const dismiss = onExit(() => child.kill('SIGKILL'));
    child.once('exit', dismiss).once('error', dismiss);
    const chunks: Uint8Array[] = [];
    let [written, told] = [0, ''];
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      settle();
    };
    const fail = (what: string) => end(() => reject(failedSigner(what, told)));
    const abort = () => {
      stop(child);
      end(() => reject(signal?.reason));
    };
    const giveUp = (what: string) => {
      stop(child);
      fail(what);
    };
    const timer = setTimeout(() => giveUp(`took longer than ${timeout / 1000} s: look at it`), timeout);
    signal?.addEventListener('abort', abort);
    child.stdout.on('data', (chunk: Uint8Array) => {
      chunks.push(chunk);
      written += chunk.length;
      if (written > most) giveUp('wrote far more than a signature: have it write that alone');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (told.length < MOST_TOLD) told += text;
    });
    // A program that takes the file does not read this.
    child.stdin.on('error', () => {}).end(input);
    child.on('error', (error) =>
      fail(`cannot be run (${errnoOf(error) ?? error.name}): check ${shownPath(program)}`),
    );
    child.on('close', (code, by) => {
      if (code === 0) end(() => resolve(Buffer.concat(chunks)));
      else fail(code === null ? `was ended by ${by}: look at it` : `exited with ${code}: look at it`);
    });
  });
}

/** What it has started itself may hold the pipes open: they are not waited for. */
function stop(child: ChildProcess): void {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), 500).unref();
  child.stdin?.destroy();
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}

const LONGEST_TOLD = 200;

/** PEM, and runs of characters in which a key, a license key or a signature could hide. */
const SECRET = /-----BEGIN.*?(?:-----END.*?-----|$)|[A-Za-z0-9+=_-]{20,}/g;

/** A `failed_signer` error; `told` is what the program complained of. */
function failedSigner(what: string, told: string): KeywrightError<'failed_signer'> {
  const line = shownText(told.trim().replace(/\s+/g, ' ')).replace(SECRET, '…');
  const cut = line.length > LONGEST_TOLD ? `${line.slice(0, LONGEST_TOLD)}…` : line;
  return new KeywrightError(
    'failed_signer',
    `the signer ${what}${cut === '' ? '' : `; it says: ${cut}`}`,
    {},
  );
}
