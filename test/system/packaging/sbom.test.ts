import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Locked {
  readonly version: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

it('the bill of materials names what whoever installs keywright gets, and nothing else', () => {
  // Offline, as the lock has all that there is to know.
  const env = { ...process.env, NPM_CONFIG_OFFLINE: 'true' };
  const { bomFormat, metadata, components } = JSON.parse(
    execFileSync('bash', ['.ci/sbom'], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  const {
    version,
    packages,
  }: { readonly version: string; readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
    readFileSync('package-lock.json', 'utf8'),
  );
  const installed = Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true)
    .map(([path, entry]) => `${path.replace(/^.*node_modules\//, '')} ${entry.version}`);
  expect([bomFormat, metadata.component.name, metadata.component.version]).toEqual([
    'CycloneDX',
    'keywright',
    version,
  ]);
  const named = components.map(
    (each: { readonly name: string; readonly version: string }) => `${each.name} ${each.version}`,
  );
  expect(named.toSorted()).toEqual([...new Set(installed)].toSorted());
  // Development needs it as well.
  expect(named).toContain(`zod ${packages['node_modules/zod']?.version}`);
});
