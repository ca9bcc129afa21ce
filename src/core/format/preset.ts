import { editDistance } from './edit-distance.js';

/** A format known by name. */
export interface Preset {
  readonly name: string;
  /** Its mask; `uuidv7` has none, for its first 48 bits are the time. */
  readonly mask: string;
  /** Where the format comes from. */
  readonly source: string;
}

const UUID_V4 = '[0-9a-f]{8}-[0-9a-f]{4}-\\4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';

/** The named formats. Names ignore case. */
export const PRESETS: readonly Preset[] = [
  { name: 'lukittu', mask: 'X{5}(-X{5}){4}', source: 'Lukittu, license validation pattern' },
  { name: 'cryptlex', mask: '(H{6}-){5}H{6}', source: 'Cryptlex, default keyPattern' },
  { name: 'solifyn', mask: 'H{4}(-H{4}){2}', source: 'Solifyn, published License.key' },
  { name: 'getkeymanager', mask: UUID_V4, source: 'GetKeyManager, generator of type uuid' },
  { name: 'serial', mask: 'X{4}-X{4}', source: 'the common short serial' },
  { name: 'ABCD-EFGH', mask: 'X{4}-X{4}', source: 'Solifyn, description of key' },
  { name: 'uuid', mask: UUID_V4, source: 'RFC 9562, section 5.4 (version 4)' },
  { name: 'uuidv7', mask: 'uuidv7', source: 'RFC 9562, section 5.7 (version 7)' },
];

/** The preset of that name, if there is one. */
export function findPreset(name: string): Preset | undefined {
  return PRESETS.find((preset) => preset.name.toLowerCase() === name.toLowerCase());
}

/** The preset whose name `name` probably misspells, if one is near. */
export function nearestPreset(name: string): Preset | undefined {
  const near = PRESETS.filter((preset) => Math.abs(preset.name.length - name.length) <= 2)
    .map((preset) => ({
      preset,
      steps: editDistance(preset.name.toLowerCase(), name.toLowerCase()),
    }))
    .filter(({ steps }) => steps <= 2)
    .sort((a, b) => a.steps - b.steps);
  return near[0]?.preset;
}
