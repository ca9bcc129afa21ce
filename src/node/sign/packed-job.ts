/** One run of lines that follow one another. */
export interface LineJob {
  /** The number of the first line, from 1. */
  readonly first: number;
  readonly lines: readonly string[];
}

/** A job on its way to a thread: one text with line feeds in between crosses faster than many texts. */
export interface PackedJob {
  readonly first: number;
  readonly lines: string | readonly string[];
}

/** The lines of a job that came to a thread. */
export function linesOf({ lines }: PackedJob): readonly string[] {
  return typeof lines === 'string' ? lines.split('\n') : lines;
}

/** Its lines as one text, unless one holds a line feed itself, which JSON allows. */
export function packed(job: LineJob): PackedJob {
  if (job.lines.some((line) => line.includes('\n'))) return job;
  return { ...job, lines: job.lines.join('\n') };
}
