/** Begins the name of a field that becomes an item of the vendor's metadata. */
export const METADATA = 'metadata.';
