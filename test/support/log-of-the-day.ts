import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './eventually.ts';

/** The lines of all files of days in a log directory. */
export function logLines(logDir: string): string[] {
  return readdirSync(logDir)
    .filter((name) => /^scheduler_\d{8}\.log$/.test(name))
    .sort()
    .flatMap((name) => readFileSync(join(logDir, name), 'utf8').split('\n').slice(0, -1));
}

/** Waits until a line says this, and returns it. */
export function logged(logDir: string, what: RegExp): Promise<string> {
  return eventually(`a line ${what}`, async () => {
    const found = logLines(logDir).find((line) => what.test(line));
    if (found === undefined) throw new Error(logLines(logDir).slice(-15).join('\n'));
    return found;
  });
}
