/** The most keys of one chunk, and of one question. */
export const MOST_KEYS = 1_000_000;

/** The keys of a chunk as we cut them: {@link MOST_KEYS} would be a little faster, and takes 100 MB more. */
export const CHUNK_KEYS = 400_000;
