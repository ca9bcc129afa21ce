/** What `work` returns. A warning of Node.js or of a package that it gives rise to at once is held back, none other. */
export function withoutWarning<T>(held: RegExp, work: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: readonly unknown[]) => {
    if (!held.test(String(warning))) Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}
