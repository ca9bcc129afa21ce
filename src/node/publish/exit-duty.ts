const duties = new Set<() => void>();
let listening = false;

/** Does all duties of {@link onExit} at once, as when the process ends. Never throws. */
export function doExitDuties(): void {
  for (const duty of duties) {
    duties.delete(duty);
    try {
      duty();
    } catch {
      // The process is about to end; the other duties are worth more than this one's complaint.
    }
  }
}

/**
 * Has `duty` done, synchronously, should the process end (`process.exit`, an uncaught error) before the function that is
 * returned is called. So an end in the midst of the work leaves no file.
 */
export function onExit(duty: () => void): () => void {
  if (!listening) process.on('exit', doExitDuties);
  listening = true;
  duties.add(duty);
  return () => void duties.delete(duty);
}
