import type { JsonValue } from '../../../core/encoding/json-text.js';
import { shownText } from '../../files/file-error.js';
import { beginningOf } from '../../files/key-beginning.js';
import type { Reply } from './connection.js';
import { answeredJson, bulkAnswer, entriesOf, jsonMembers } from './reply.js';

const MOST_READ = 20_000;
const MOST_SHOWN = 300;

/** What may stand in a server's words and must not in ours. */
export interface Hidden {
  readonly secrets: readonly string[];
  readonly keys: readonly string[];
}

/** What the server itself says of a reply, on one line: its status, and its error text without secrets and whole keys. */
export function serverWords(reply: Reply, { secrets, keys }: Hidden): string {
  const words = withoutHidden(textOf(reply).slice(0, MOST_READ), { secrets, keys });
  const line = words.replace(/\s+/g, ' ').trim();
  const shown = line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN)}…` : line;
  return shown === '' ? String(reply.status) : `${reply.status} ${shownText(shown)}`;
}

/** A text without these secrets, and with no more of these keys than their first groups. */
export function withoutHidden(text: string, { secrets, keys }: Hidden): string {
  if (text === '') return text;
  const bare = secrets.reduce((rest, secret) => without(rest, secret, '***'), text);
  return keys.reduce((rest, key) => withoutKey(rest, key), bare);
}

/** A text without a key, however its groups are parted, or not at all. */
function withoutKey(text: string, key: string): string {
  const symbols = [...key].filter((symbol) => !SEPARATOR.test(symbol));
  const bare = without(text, key, beginningOf(key));
  // Asked of every reply: to make the pattern takes longer than the request itself.
  if (symbols.length === 0 || !folded(bare).includes(folded(key))) return bare;
  const spelled = symbols
    .map((symbol) => symbol.replace(/[\^$\\.*+?()[\]{}|]/, '\\$&'))
    .join(`${SEPARATOR.source}*`);
  return bare.replace(new RegExp(spelled, 'giu'), () => beginningOf(key));
}

const SEPARATOR = /[\p{Pd}\p{White_Space}_.:/]/u;
const SEPARATORS = new RegExp(SEPARATOR, 'gu');

/** The symbols of a text, the same for texts that the pattern of a key takes for the same. */
function folded(text: string): string {
  return text.replace(SEPARATORS, '').toLowerCase().toUpperCase();
}

/** A text without another, also as it stands in URLs and forms, and in any case. */
function without(text: string, hidden: string, instead: string): string {
  const forms = new Set([
    hidden,
    encodeURIComponent(hidden),
    JSON.stringify(hidden).slice(1, -1),
    btoaOf(hidden),
  ]);
  return [...forms].reduce((rest, form) => replaceAny(rest, form, instead), text);
}

function replaceAny(text: string, form: string, instead: string): string {
  const [upper, wanted] = [text.toUpperCase(), form.toUpperCase()];
  // Some letters grow in upper case: then places do not match.
  if (upper.length !== text.length) return text.replaceAll(form, instead);
  let [result, from] = ['', 0];
  for (let at = upper.indexOf(wanted); at >= 0; at = upper.indexOf(wanted, from)) {
    result += text.slice(from, at) + instead;
    from = at + form.length;
  }
  return result + text.slice(from);
}

function btoaOf(text: string): string {
  return Buffer.from(text).toString('base64');
}

function textOf({ text, headers }: Reply): string {
  const json = answeredJson(text);
  if (json !== undefined) return jsonWords(bulkAnswer(json) ?? json);
  const html = /^\s*</.test(text) || /html/.test(headers['content-type'] ?? '');
  if (!html) return text;
  const title = /<title[^>]*>([^<]*)/i.exec(text.slice(0, MOST_READ))?.[1] ?? '';
  const plain = text
    .slice(0, MOST_READ)
    .replace(/<(script|style|head)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^<>]*>/g, ' ');
  return `${title} ${plain}`;
}

/** Where servers write what is wrong: `message` (a text or a list), `error`, `result.details`, and paths beside. */
function jsonWords(json: JsonValue): string {
  const { message, error, errors, result, data, code } = jsonMembers(json);
  const found = [
    wordsOf(jsonMembers(result)['details']),
    wordsOf(message),
    wordsOf(jsonMembers(error)['message']) || wordsOf(error),
    wordsOf(errors),
    wordsOf(data),
    typeof code === 'string' || typeof code === 'number' ? `(${code})` : '',
  ];
  return found.filter((words) => words !== '').join(' ');
}

function wordsOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  const each = (entriesOf(value) ?? []).map((entry) => {
    if (typeof entry === 'string') return entry;
    const { path, message } = jsonMembers(entry);
    const place = entriesOf(path)?.join('.') ?? '';
    return typeof message === 'string' ? `${place} ${message}`.trim() : '';
  });
  return each.filter((words) => words !== '').join('; ');
}
