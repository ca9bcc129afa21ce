/** The vendor's name as it writes it. */
export const vendorName = 'Lukittu';

/** The preset of the keys that its server makes. */
export const keyFormat = 'lukittu';

/** The pattern of components/schemas/LicenseKey in Lukittu's OpenAPI document. */
export const LICENSE_KEY = /^[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}$/;

const LENGTH = 29;

/**
 * Why Lukittu's server would refuse such a license key; undefined when it would not. It compares with the
 * pattern of its OpenAPI document as the key stands: nothing is trimmed, lower case is refused. The answer
 * tells a place and never a character of the key.
 *
 * @example
 * keyProblem('ABCDE-FGHIJ'); // 'has 11 characters: a Lukittu key has 29, five groups of five'
 */
export function keyProblem(key: string): string | undefined {
  if (LICENSE_KEY.test(key)) return undefined;
  if (LICENSE_KEY.test(key.trim())) return 'has white space around it: remove it';
  if (LICENSE_KEY.test(key.toUpperCase())) return 'has lower-case letters: Lukittu takes only A-Z and 0-9';
  const characters = [...key];
  if (characters.length !== LENGTH) {
    return `has ${characters.length} characters: a Lukittu key has ${LENGTH}, five groups of five`;
  }
  const place = characters.findIndex((character, index) =>
    index % 6 === 5 ? character !== '-' : !/^[A-Z0-9]$/.test(character),
  );
  return place % 6 === 5
    ? `lacks the hyphen at character ${place + 1}: groups of five are divided by it`
    : `has something other than A-Z and 0-9 at character ${place + 1}`;
}
