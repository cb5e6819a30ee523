import { statSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, programVersion } from './package-root.ts';

/**
 * The version of this program, and when it was built: two processes of the same one do the same. Where it came built, as a
 * package does, when that was installed.
 */
export function thisBuild(): string {
  const root = packageRoot();
  const built =
    statSync(join(root, 'dist/.built'), { throwIfNoEntry: false }) ?? statSync(join(root, 'package.json'));
  return `${programVersion()} ${built.mtimeMs}`;
}
