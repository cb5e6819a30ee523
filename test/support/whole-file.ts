import { rename, writeFile } from 'node:fs/promises';

/** Readers that live meanwhile see what was there before, or all of the text. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const beside = `${path}.${Math.random().toString(36).slice(2)}`;
  await writeFile(beside, text);
  await rename(beside, path);
}
