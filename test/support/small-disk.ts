import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small file system of its own, in memory. */
export interface SmallDisk {
  path: string;
  fill(): void;
  free(): void;
  readOnly(yes: boolean): void;
  unmount(): void;
}

const mount = (...args: string[]) => execFileSync('mount', args, { stdio: 'pipe' });

/** Mounts one over the folder, which must exist. Throws where this user may not mount. */
export function mountSmallDisk(path: string, megabytes = 4): SmallDisk {
  mount('-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tinyscheduler-test', path);
  const filler = join(path, 'filler');
  return {
    path,
    fill() {
      const file = openSync(filler, 'a');
      try {
        for (let size = 65_536; size > 0; size = Math.floor(size / 2)) fillWith(file, Buffer.alloc(size));
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler, { force: true }),
    readOnly: (yes) => void mount('-o', `remount,${yes ? 'ro' : 'rw'}`, path),
    unmount: () => void execFileSync('umount', ['-l', path], { stdio: 'pipe' }),
  };
}

/** Undefined where this user may mount one. */
export function noMountsBecause(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'mount-'));
  try {
    mountSmallDisk(folder).unmount();
    return undefined;
  } catch (error) {
    return `this user may not mount (${(error as Error).message.split('\n')[0]})`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fillWith(file: number, piece: Buffer): void {
  try {
    for (;;) writeSync(file, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
