import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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

/** Keeps the entries; returns what went wrong, if anything did. Readers see the old copy or the new one, never half. */
export async function keepLastGood(
  stateDir: string,
  controlFile: string,
  entries: ControlEntry[],
): Promise<string | undefined> {
  const path = lastGoodPath(stateDir);
  const text = `${JSON.stringify({ path: controlFile, entries }, null, 2)}\n`;
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return undefined;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(temporary, text, { mode: 0o600 });
    await rename(temporary, path);
    return undefined;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    return (error as Error).message;
  }
}
