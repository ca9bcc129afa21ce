/** Takes bytes in order; resolves when it can take more. It may keep none of them: they are reused. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}
