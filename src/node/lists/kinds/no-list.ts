import { damagedFile } from '../../files/file-error.js';
import { isUtf16 } from '../../files/text-encoding.js';

/** What is told of PEM, wherever in a list it stands: a report of its lines would publish a private key. */
export const PEM_PROBLEM = 'is PEM: name a list of license keys';
/** The longest beginning by which {@link isPem} knows it. */
export const PEM_HEAD = 24;

const PEM = /^-{2,5} ?BEGIN |^PuTTY-User-Key-File/;

const OPEN_DOCUMENT = 'mimetypeapplication/vnd.oasis.opendocument.';
const NO_TEXT = 'is no text: name a list of license keys';

/** Files of other kinds by what stands in them (as latin1), by default at their beginning, and what to do with them. */
const OTHERS: readonly (readonly [mark: string, problem: string, at?: number])[] = [
  [
    '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
    'is an old Excel workbook (.xls) or one with a password: save it as .xlsx or CSV',
  ],
  [`${OPEN_DOCUMENT}spreadsheet`, 'is an OpenDocument spreadsheet (.ods): save it as .xlsx or CSV', 30],
  [OPEN_DOCUMENT, 'is an OpenDocument file: save its keys as CSV or text', 30],
  ['SQLite format 3\0', 'is an SQLite database: name a list of license keys'],
  ['%PDF-', 'is a PDF: copy its keys into a text file'],
  ['{\\rtf', 'is a document (RTF): save it as plain text'],
  ...[
    '\x89PNG',
    'GIF8',
    '\xff\xd8\xff',
    '\xfd7zXZ',
    '7z\xbc\xaf',
    '\x28\xb5\x2f\xfd',
    'Rar!',
    '\x7fELF',
    'BZh9',
  ].map((mark) => [mark, NO_TEXT] as const),
];
const MARKUP = /^\s*<(?:!doctype\s+html|html|\?xml)[\s>]/i;
/** Of an element without a head both ends have to stand there: a key in angle brackets closes nothing. */
const [TAG, CLOSING_TAG] = [/^\s*<[!a-z]/i, /<\/[a-z][\w:.-]*\s*>/i];

/**
 * Refuses HTML and XML, which looks like a list of keys to whoever takes any text for one. Readers that know some of it are asked before.
 *
 * @throws {KeywrightError} `damaged_file`.
 */
export function refuseMarkup(text: string, path: string): void {
  if (MARKUP.test(text) || (TAG.test(text) && CLOSING_TAG.test(text)))
    throw damagedFile(path, 'is HTML or XML: export the keys as CSV or text');
}

/** Whether a text begins as a PEM block does, or as another file with a private key. */
export function isPem(text: string): boolean {
  return PEM.test(text);
}

/** {@link isPem} of `bytes[from, to)`. */
export function isPemAt(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from];
  if (first !== 0x2d && first !== 0x50) return false;
  const head = bytes.subarray(from, Math.min(to, from + PEM_HEAD));
  return isPem(Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1'));
}

/**
 * Refuses, by its beginning, what is no list of keys. Markup waits for {@link refuseMarkup}; that a list is empty shows when it
 * was read, and PEM further down is refused by who reads its line.
 *
 * @throws {KeywrightError} `damaged_file`: UTF-16, PEM, workbooks that cannot be read, databases, documents.
 */
export function refuseNoList(head: Uint8Array, path: string): void {
  if (isUtf16(head)) throw damagedFile(path, 'is UTF-16: save it as UTF-8 text');
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 4096)).toString('latin1');
  const other = OTHERS.find(([mark, , at = 0]) => text.startsWith(mark, at));
  if (other !== undefined) throw damagedFile(path, other[1]);
  const plain = text.replace(/^\xef\xbb\xbf/, '');
  const lines = plain.split(/[\r\n]+/);
  if (lines.some((line) => isPem(line.trimStart()))) throw damagedFile(path, PEM_PROBLEM);
}
