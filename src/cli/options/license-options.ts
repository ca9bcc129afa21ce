import { UsageError } from '../command/exit-code.js';
import { type Arguments, type CommandOptions, flagged, inputFile, valued } from '../command/options.js';

/** The options of `verify --license`. */
export const LICENSE_OPTIONS: CommandOptions = {
  license: flagged(
    'the envelope is a license file: may this product be used, with this key, on this device, now?',
  ),
  'license-key': valued('the license key that the customer typed (default unchecked)', { value: 'KEY' }),
  device: valued('the device that asks, as the license names it', { value: 'NAME' }),
  revocations: inputFile('a signed list of revoked keys; repeatable', { value: 'FILE' }),
  'max-list-age': valued('demand a list of revoked keys, not overdue, and at most so many seconds old', {
    value: 'SECONDS',
  }),
};

/** Refuses, where no license is verified, what goes with one. */
export function refuseLicenseOptions(args: Arguments): void {
  const stray = Object.keys(LICENSE_OPTIONS).find((name) => name !== 'license' && args[name] !== undefined);
  if (stray !== undefined) throw new UsageError(`--${stray} goes with licenses: give --license`);
}
