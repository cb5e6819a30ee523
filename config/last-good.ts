import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWholeFile } from '../os/whole-file.ts';
import type { ControlEntry } from './control-entry.ts';
import { checkEntries } from './control-file.ts';

/** The copy of the last good control file, kept so that a broken edit does not survive a restart as "no agents". */
export function lastGoodPath(stateDir: string): string {
  return join(stateDir, 'agent-control.last-good.json');
}

/** The entries last kept for this control file; undefined if there are none, or if they were another file's. */
export async function readLastGood(
  stateDir: string,
  controlFile: string,
): Promise<ControlEntry[] | undefined> {
  try {
    const kept = JSON.parse(await readFile(lastGoodPath(stateDir), 'utf8')) as Record<string, unknown>;
    if (kept.path !== controlFile) return undefined;
    const checked = checkEntries(kept.entries);
    return checked.state === 'good' ? checked.entries : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the last control file that could be used here was this one, whatever became of it since. */
export function wasInUse(stateDir: string, controlFile: string): boolean {
  try {
    const kept = JSON.parse(readFileSync(lastGoodPath(stateDir), 'utf8')) as Record<string, unknown>;
    return kept.path === controlFile;
  } catch {
    return false;
  }
}

/** What this process read last of a copy, and by what it knows that the copy is still the same. */
let seen: { path: string; text: string; mark: string } | undefined;

/** Keeps the entries; returns what went wrong, if anything did. */
export async function keepLastGood(
  stateDir: string,
  controlFile: string,
  entries: ControlEntry[],
): Promise<string | undefined> {
  const path = lastGoodPath(stateDir);
  const text = `${JSON.stringify({ path: controlFile, entries }, null, 2)}\n`;
  try {
    if (await isKept(path, text)) return undefined;
    await writeWholeFile(path, text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Asked about once a second, at each look for work: so the copy is read only after somebody has written it. */
async function isKept(path: string, text: string): Promise<boolean> {
  try {
    // Before it is read: what is written in between is noticed the next time.
    const { ino, size, mtimeMs } = await stat(path);
    const mark = `${ino} ${size} ${mtimeMs}`;
    if (seen?.path !== path || seen.mark !== mark) seen = { path, mark, text: await readFile(path, 'utf8') };
    return seen.text === text;
  } catch {
    return false;
  }
}
