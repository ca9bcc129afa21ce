import { describe, expect, it } from 'vitest';
import { memoryLicenses } from '../../../../src/core/vendors/server/license-store.js';

describe('licenses in memory', () => {
  it('are found by id and by exact key, and listed in the order they came', async () => {
    const licenses = memoryLicenses();
    expect(await licenses.list()).toEqual([]);
    await licenses.put('2', 'B', { id: '2' });
    await licenses.put('1', 'A', { id: '1' });
    expect(await licenses.withId('1')).toEqual({ id: '1' });
    expect(await licenses.withKey('B')).toEqual({ id: '2' });
    expect(await licenses.withKey('b')).toBeUndefined();
    expect(await licenses.withId('3')).toBeUndefined();
    expect(await licenses.list()).toEqual([{ id: '2' }, { id: '1' }]);
  });

  it('are replaced by id: the old key finds nothing any more', async () => {
    const licenses = memoryLicenses();
    await licenses.put('1', 'A', { id: '1' });
    await licenses.put('1', 'B', { id: '1', changed: true });
    expect(await licenses.withKey('A')).toBeUndefined();
    expect(await licenses.withKey('B')).toEqual({ id: '1', changed: true });
    expect(await licenses.list()).toHaveLength(1);
  });

  it('has no license with the id or the key of an object member', async () => {
    const licenses = memoryLicenses();
    for (const name of ['', '__proto__', 'constructor']) {
      expect(await licenses.withId(name)).toBeUndefined();
      expect(await licenses.withKey(name)).toBeUndefined();
    }
  });
});
