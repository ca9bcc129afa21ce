/** What goes into a statement; numbers are whole. */
export type SqlValue = string | number | Uint8Array | null;

/** A row as a driver returns it, by the names of its columns. */
export type SqlRow = Readonly<Record<string, unknown>>;
