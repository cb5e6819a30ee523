import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** In a state directory that was restored from a backup. */
export const RESTORED_FROM = 'restored-from.json';

/** The state directory that a backup was made of. */
export interface FormerPlace {
  host: string;
  stateDir: string;
}

export function restoredFromText({ host, stateDir }: FormerPlace): string {
  return `${JSON.stringify({ host, stateDir }, null, 2)}\n`;
}

/** Where the state of this directory was before, if it was restored: the scheduler in its database still says that it works there. */
export function readRestoredFrom(stateDir: string): FormerPlace | undefined {
  try {
    const kept = JSON.parse(readFileSync(join(stateDir, RESTORED_FROM), 'utf8')) as Record<string, unknown>;
    const { host, stateDir: former } = kept;
    return typeof host === 'string' && typeof former === 'string' ? { host, stateDir: former } : undefined;
  } catch {
    return undefined;
  }
}
