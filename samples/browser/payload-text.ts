/** More than this is cut off: nobody reads it, and laying it out would freeze the page. */
const LONGEST = 100_000;

/**
 * What the `response_base64` of an envelope's text spells, laid out for reading: numbers and member order as
 * they were signed, never as JavaScript would rewrite them. Forgiving, for refused envelopes are shown too;
 * `undefined` when there is nothing to show.
 */
export function payloadText(envelope: string): string | undefined {
  const text = decodePayload(envelope);
  if (text === undefined) return undefined;
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return visible(isJson(shown) ? layOut(shown) : shown);
}

/**
 * A text with its invisible and direction-changing characters spelled out, so that no envelope looks other
 * than it is.
 */
export function visible(text: string): string {
  return text.replace(
    /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

function decodePayload(envelope: string): string | undefined {
  try {
    const { response_base64: base64 }: { readonly response_base64?: unknown } = JSON.parse(
      envelope.replace(/^\ufeff/, ''),
    );
    if (typeof base64 !== 'string' || base64 === '') return undefined;
    const binary = atob(base64.replaceAll('-', '+').replaceAll('_', '/'));
    return new TextDecoder().decode(Uint8Array.from(binary, (byte) => byte.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A valid JSON text, a member or item a line. */
function layOut(json: string): string {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  let depth = 0;
  const newLine = () => `\n${'  '.repeat(Math.min(depth, 64))}`;
  return tokens
    .map((token, index) => {
      if (token === '{' || token === '[') {
        if (/[}\]]/.test(tokens[index + 1] ?? '')) return token;
        depth++;
        return token + newLine();
      }
      if (token === '}' || token === ']') {
        if (/[{[]/.test(tokens[index - 1] ?? '')) return token;
        depth--;
        return newLine() + token;
      }
      if (token === ',') return `,${newLine()}`;
      if (token === ':') return ': ';
      return token.startsWith('"') ? readable(token) : token;
    })
    .join('');
}

/** A JSON string with its letters instead of their escapes (`\u00e9`, `\/`). */
function readable(token: string): string {
  return JSON.stringify(JSON.parse(token));
}
