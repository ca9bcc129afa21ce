import type { Io } from './io.js';
import type { Arguments, CommandOptions, Words } from './options.js';

/** One command of the CLI. */
export interface Command {
  /** One word, or two when it belongs to a group, as `keypair create`. */
  readonly name: string;
  /** Its operands as the help shows them, as `SPEC`. */
  readonly operands: string;
  /** What TAB offers for them; default files. */
  readonly operandWords?: Words | undefined;
  readonly describe: string;
  readonly options: CommandOptions;
  /** Three that work as pasted: what it does, then the command behind `keywright `. */
  readonly examples: readonly (readonly [describe: string, command: string])[];
  /** Text below the examples. */
  readonly epilogue?: string | undefined;
  /** Does the work; returns the exit code. Throws what `outcomeOf` explains. */
  run(args: Arguments, context: Context): Promise<number>;
}

/** How a command is loaded. */
export type CommandLoader = () => Promise<Command>;

/** Commands that share their first word. */
export interface CommandGroup {
  readonly describe: string;
  /** By their second word. */
  readonly commands: Readonly<Record<string, CommandLoader>>;
}

/** Commands and groups by their first word. */
export type CommandTable = Readonly<Record<string, CommandLoader | CommandGroup>>;

/** Commands that stand under one heading of the help. */
export interface Chapter {
  readonly heading: string;
  readonly commands: CommandTable;
}

/** What a command works with beside its arguments. */
export interface Context {
  readonly io: Io;
  /** Operands, in order; also those behind `--`. */
  readonly operands: readonly string[];
  /** Every file that the command line names to be read or held open: no output may be one of them. */
  readonly inputs: readonly string[];
  /** Aborted when a signal arrives. */
  readonly signal: AbortSignal;
  /**
   * Does what computes in one piece, so that no signal would be heard before its end, and leaves nothing behind wherever it
   * is ended: meanwhile a signal ends the process itself.
   */
  killable<T>(work: () => Promise<T>): Promise<T>;
  /** Writes to stdout, at the pace of its reader. */
  print(chunk: string | Uint8Array): Promise<void>;
  /** Writes a line to stderr, marked as ours; what a terminal would obey is shown. */
  say(line: string): void;
}
