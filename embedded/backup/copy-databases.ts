import { chmod, constants, copyFile } from 'node:fs/promises';
import { hold } from './hold.ts';
import { foldJournal } from './sqlite.ts';

export interface DatabaseCopy {
  from: string;
  to: string;
}

/**
 * Copies databases while everybody works with them, as they are at one and the same moment: as a power cut then would have
 * left them (docs/adr/0033-backup-and-restore.md). Each copy is one file of mode 0600. Nobody waits while the files are copied;
 * then all writers do while their journals are, which are a few megabytes. Throws what SQLite or the system says.
 */
export async function copyDatabases(copies: readonly DatabaseCopy[]): Promise<void> {
  if (copies.length === 0) return;
  const held = await hold(copies.map(({ from }) => from));
  try {
    for (const { from, to } of copies) await copyNew(from, to);
    await held.seal();
    for (const { from, to } of copies) await copyJournal(from, to);
    await held.release();
  } finally {
    held.end();
  }
  for (const { to } of copies) foldJournal(to);
}

async function copyJournal(from: string, to: string): Promise<void> {
  await copyNew(`${from}-wal`, `${to}-wal`).catch((error: NodeJS.ErrnoException) => {
    // Everything is in the file.
    if (error.code !== 'ENOENT') throw error;
  });
}

async function copyNew(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  await chmod(to, 0o600);
}
