import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';

/**
 * A folder for each test that alone is PATH, with a cache of tools of its own in it. For the top of a test file.
 *
 * @param prefix of its name
 */
export function onlyPrograms(prefix: string): { path(): string; script(name: string, text: string): string } {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), prefix));
    vi.stubEnv('PATH', dir);
    vi.stubEnv('TINYSCHEDULER_CACHE_DIR', join(dir, 'cache'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(dir, { recursive: true });
  });
  return {
    path: () => dir,
    /** Makes a program of the lines of a shell script. Gives where it is. */
    script(name, text) {
      const path = join(dir, name);
      writeFileSync(path, `#!/bin/sh\n${text}\n`);
      chmodSync(path, 0o755);
      return path;
    },
  };
}
