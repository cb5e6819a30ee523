import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Really writes 4 KB into an existing folder and removes them: neither permissions nor free space can be relied on to say it.
 * Throws what the system says.
 */
export async function tryToWrite(folder: string): Promise<void> {
  const probe = join(folder, `.probe-${process.pid}-${Math.random().toString(36).slice(2)}`);
  try {
    const file = await open(probe, 'wx', 0o600);
    try {
      await file.writeFile(Buffer.alloc(4096));
    } finally {
      await file.close();
    }
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}
