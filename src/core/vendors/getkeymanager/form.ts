/** A form as an object of texts, or the rule it breaks, to stand after "it". */
export type FormReading = { readonly fields: Readonly<Record<string, string>> } | { readonly fault: string };

/** Reads the text of a form (`application/x-www-form-urlencoded`) strictly. Never throws. */
export function readForm(text: string): FormReading {
  const fields = new Map<string, string>();
  for (const pair of text.split('&').filter((part) => part !== '')) {
    const equals = pair.indexOf('=');
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals));
    const value = decoded(equals < 0 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined)
      return { fault: 'is no form: its percent signs are broken' };
    if (fields.has(name)) return { fault: 'is a form that names a field twice' };
    fields.set(name, value);
  }
  return { fields: Object.fromEntries(fields) };
}

/** Fields as the text of a form. What it encodes never holds `$`, `{` or `}`. */
export function formText(fields: readonly (readonly [name: string, value: string])[]): string {
  return fields.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
