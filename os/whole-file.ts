import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

let names = 0;

/**
 * Writes or replaces a file, mode 0600, in a folder that is made if it is missing, mode 0700. Readers see the old text or
 * the new one, whole. A power cut may lose it. Throws if the disk does not take it; the old file stays then.
 *
 * @param temporary where it is written first; somebody may find it there later if this process is killed meanwhile
 */
export async function writeWholeFile(path: string, text: string, temporary = ownName(path)): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    // A file that is there already was left by a killed process, or is a link: it would overwrite some other file.
    await rm(temporary, { force: true });
    await writeFile(temporary, text, { flag: 'wx', mode: 0o600 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** No other writer of this file has it. */
function ownName(path: string): string {
  names += 1;
  return `${path}.${process.pid}-${names}.tmp`;
}
