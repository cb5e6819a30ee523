import { constants } from 'node:fs';
import { lstat, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type ControlEntry, checkEntry } from './control-entry.ts';
import { type RepeatedKey, readJson } from './json-text.ts';
import { quotedKey } from './shown-value.ts';

export type ControlFile =
  | { state: 'missing' }
  | { state: 'broken'; problems: string[] }
  /** `warnings` are clauses about what in the file has no effect. */
  | { state: 'good'; entries: ControlEntry[]; warnings: string[] };

const MAX_CONTROL_FILE_BYTES = 1024 * 1024;
const MOST_TOLD = 10;

/** Long enough for an editor between emptying a file and having written it, on a busy machine too. */
const SETTLED_MS = 300;
const PAUSE_MS = 50;
/** A folder in which something is made all the time holds nobody up for longer than these. */
const MOST_LOOKS = 10;

/**
 * Reads and checks the agent control file; every way in which it can be wrong is a result, not an exception. Editors
 * empty the file, or move it away, and then write it: so one that is not good counts only when nobody has touched it for
 * 300 ms, and is looked at again until then, for half a second at most.
 */
export async function readControlFile(path: string): Promise<ControlFile> {
  let read = await readNow(path);
  for (let looks = 1; looks < MOST_LOOKS && read.state !== 'good' && (await isFresh(path)); looks += 1) {
    await sleep(PAUSE_MS);
    read = await readNow(path);
  }
  return read;
}

/** By the last change; for a file that is not there, by that of its folder. */
async function isFresh(path: string): Promise<boolean> {
  const facts = await stat(path)
    .catch(() => stat(dirname(path)))
    .catch(() => undefined);
  return facts !== undefined && Math.abs(Date.now() - facts.mtimeMs) < SETTLED_MS;
}

async function readNow(path: string): Promise<ControlFile> {
  let text: string | { problem: string };
  try {
    text = await readText(path);
  } catch (error) {
    if (await isMissing(path)) return { state: 'missing' };
    return broken([`it cannot be read (${(error as Error).message})`]);
  }
  if (typeof text !== 'string') return broken([text.problem]);
  if (text.trim() === '') return broken(['it is empty']);
  const read = readJson(text.replace(/^\uFEFF/, ''));
  return 'problem' in read ? broken([read.problem]) : checkEntries(read.value, read.repeated);
}

/** Opened without waiting: a pipe in its place would hold us for ever. */
async function readText(path: string): Promise<string | { problem: string }> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const facts = await file.stat();
    if (!facts.isFile()) return { problem: 'it is not a file' };
    if (facts.size > MAX_CONTROL_FILE_BYTES) {
      return { problem: `it has ${facts.size} bytes, more than the ${MAX_CONTROL_FILE_BYTES} that are read` };
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** A link that leads nowhere is not missing: somebody meant a file to be there. */
async function isMissing(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return false;
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

/** Checks the JSON value of a control file. `repeated`: the keys that its objects have more than once. */
export function checkEntries(data: unknown, repeated: RepeatedKey[] = []): ControlFile {
  if (!Array.isArray(data)) {
    return broken(['it must be a JSON array such as [{"agentName": "vaela", "agentType": "dev"}]']);
  }
  const entries: ControlEntry[] = [];
  const problems: string[] = [];
  const warnings: string[] = [];
  const positions = new Map<string, number>();
  for (const [index, item] of data.entries()) {
    const { entry, ...told } = checkEntry(item);
    const name = `entry ${index + 1}${entry === undefined ? nameIn(item) : ` (${entry.agentName})`}`;
    problems.push(...told.problems.map((problem) => `${name}: ${problem}`));
    warnings.push(...told.warnings.map((warning) => `${name}: ${warning}`));
    for (const { key, lines } of repeated.filter(({ path }) => path.length === 1 && path[0] === index)) {
      const where = lines[0] === lines[1] ? `line ${lines[0]}` : `lines ${lines[0]} and ${lines[1]}`;
      warnings.push(`${name}: ${quotedKey(key)} is there twice (${where}), and the last one counts`);
    }
    if (entry === undefined) continue;
    const first = positions.get(entry.agentName);
    if (first === undefined) positions.set(entry.agentName, index + 1);
    else {
      const quoted = JSON.stringify(entry.agentName);
      problems.push(
        `entries ${first} and ${index + 1} have the same agentName ${quoted}: rename or remove one`,
      );
    }
    entries.push(entry);
  }
  problems.push(...differentBudgets(entries));
  if (problems.length > 0) return broken(problems);
  return { state: 'good', entries, warnings: atMost(warnings) };
}

/** A pool has one budget, whichever of its entries names it. */
function differentBudgets(entries: readonly ControlEntry[]): string[] {
  const found = new Map<string, ControlEntry>();
  return entries.flatMap((entry) => {
    if (entry.poolBudget === undefined) return [];
    const first = found.get(entry.agentType);
    found.set(entry.agentType, first ?? entry);
    if (first === undefined || isDeepStrictEqual(first.poolBudget, entry.poolBudget)) return [];
    const names = `${first.agentName} and ${entry.agentName}`;
    return [
      `the entries of ${names} have different values of poolBudget for the agentType ${JSON.stringify(entry.agentType)}: keep one`,
    ];
  });
}

/** ` (vaela)`, where the entry has a name that can be said. */
function nameIn(item: unknown): string {
  const name = (item as { agentName?: unknown } | null)?.agentName;
  return typeof name === 'string' && /^[\w.-]{1,64}$/.test(name) ? ` (${name})` : '';
}

function broken(problems: string[]): ControlFile {
  return { state: 'broken', problems: atMost(problems) };
}

function atMost(sentences: string[]): string[] {
  const more = sentences.length - MOST_TOLD;
  return more > 0 ? [...sentences.slice(0, MOST_TOLD), `and ${more} more`] : sentences;
}
