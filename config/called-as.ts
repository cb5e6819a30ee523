import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { programPath } from '../os/executable.mjs';

/** What the launcher `tinyscheduler` was started as; only it sets this. */
const CALLED_AS = 'TINYSCHEDULER_CALLED_AS';

let call = 'tinyscheduler';

/**
 * What to type to call this program as it was called now, for messages that say what to do: `./tinyscheduler`,
 * `tinyscheduler`, `npx tinyscheduler`, `npx ./tinyscheduler-0.1.0.tgz`.
 */
export function calledAs(): string {
  return call;
}

/** Learns from the launcher how this process was called, and takes that out of the environment: it is true of no other. */
export function learnCall(env: Record<string, string | undefined> = process.env): void {
  call = nameOfCall(env[CALLED_AS], env.PATH);
  delete env[CALLED_AS];
}

/** `startedAs`: the path that the system gave the launcher, which is what was typed unless PATH or npm made it. */
export function nameOfCall(startedAs: string | undefined, path: string | undefined): string {
  if (!startedAs) return 'tinyscheduler';
  const name = basename(startedAs);
  const [, folder] = /^(\/.*)\/node_modules\/\.bin\/[^/]+$/.exec(startedAs) ?? [];
  if (folder !== undefined) return `npx ${forShell(packageOfNpx(folder) ?? name)}`;
  return forShell(programPath(name, path) === startedAs ? name : startedAs);
}

/** What `npx PACKAGE` was told, in the folder that npm made for it; undefined where the package is installed. */
function packageOfNpx(folder: string): string | undefined {
  try {
    const { _npx } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const { packages } = _npx as { packages: string[] };
    return packages.length === 1 ? packages[0] : undefined;
  } catch {
    return undefined;
  }
}

/** A word as a shell reads it. */
export function forShell(word: string): string {
  return /^[\w./@:+=,~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
