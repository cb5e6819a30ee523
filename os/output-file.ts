import { mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file that a person has named. Readers see the old text or the new one, whole; a link is followed, and the
 * rights of a file that is there stay. A pipe or device is written to as it is. Folders that are missing are made. Throws the
 * system's error where the text cannot be written, and leaves nothing behind then.
 */
export async function writeOutputFile(path: string, text: string): Promise<void> {
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (there?.isDirectory()) throw new Error('it is a directory');
  if (there !== undefined && !there.isFile()) return writeFile(path, text);
  await mkdir(dirname(path), { recursive: true });
  const target = there === undefined ? path : await realpath(path);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    // Left by a killed process, or a link that leads elsewhere.
    await rm(temporary, { force: true });
    await writeFile(temporary, text, { flag: 'wx', mode: there === undefined ? 0o666 : there.mode & 0o777 });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}
