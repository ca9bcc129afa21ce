import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from '../new-folder.js';

/** A file system of 2 MB that can be full. */
export class SmallDisk {
  /** Where it is mounted. */
  readonly folder = join(newFolder(), 'disk');

  constructor() {
    mkdirSync(this.folder);
    // Before the folder around it is removed.
    process.prependOnceListener('exit', () => this.unmount());
  }

  /** Whether it could be mounted, which takes root. */
  mount(): boolean {
    return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', this.folder]).status === 0;
  }

  unmount(): void {
    spawnSync('umount', ['-l', this.folder], { stdio: 'ignore' });
  }

  /** Leaves not a byte. */
  fill(): void {
    const { bavail, bsize } = statfsSync(this.folder);
    writeFileSync(join(this.folder, 'filler'), Buffer.alloc(bavail * bsize));
  }

  /** Takes {@link fill} back. */
  free(): void {
    rmSync(join(this.folder, 'filler'));
  }
}
