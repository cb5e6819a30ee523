import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BACKUP_FORMAT, type BackupManifest, type BackupProblem } from '../../contract/backup.ts';
import { isDated } from './dated-name.ts';
import { CONTROL_FILE, ENV_FILE, RECIPES, STATE_FILES } from './sources.ts';

const MANIFEST = 'manifest.json';

export function manifestPath(dir: string): string {
  return join(dir, MANIFEST);
}

const server = z.enum(['tinytask', 'temporal']);
const kept = z.enum(['last-good', 'sample-mark', 'api-tokens', 'env-file', 'control-file', 'recipes']);
const part = z.union([server, kept]);

const manifest = z.object({
  format: z.int(),
  version: z.string(),
  madeAt: z.string(),
  origin: z.object({ host: z.string(), basePath: z.string(), stateDir: z.string() }),
  files: z.array(
    z.object({
      part,
      path: z.string().refine(isPlace, { error: 'is no place in a backup' }),
      from: z.string(),
      bytes: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      schema: z.int().nullable(),
    }),
  ),
  leftOut: z.array(
    z.union([
      z.object({ part: server, why: z.literal('elsewhere'), address: z.string() }),
      z.object({ part: kept, why: z.literal('none') }),
      z.object({ part, why: z.literal('unfit'), path: z.string(), text: z.string() }),
    ]),
  ),
});

/** The manifest of a backup, or why there is none that can be used. */
export async function readManifest(
  dir: string,
): Promise<{ manifest: BackupManifest } | { problem: BackupProblem }> {
  try {
    const data: unknown = JSON.parse(await readFile(manifestPath(dir), 'utf8'));
    const format = z.object({ format: z.int() }).safeParse(data).data?.format ?? BACKUP_FORMAT;
    if (format > BACKUP_FORMAT) return { problem: { what: 'newer-format', format, known: BACKUP_FORMAT } };
    const checked = manifest.safeParse(data);
    if (checked.success) return { manifest: checked.data };
    const [issue] = checked.error.issues;
    return { problem: { what: 'no-manifest', text: `${issue?.path.join('.')}: ${issue?.message}` } };
  } catch (error) {
    const newest = (await namesIn(dir)).filter(isDated).sort().at(-1);
    if (newest !== undefined) return { problem: { what: 'has-dated', newest: join(dir, newest) } };
    return { problem: { what: 'no-manifest', text: (error as Error).message } };
  }
}

function namesIn(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => []);
}

/** A backup may come from anywhere: what it names must not lead out of the places of its files. */
function isPlace(path: string): boolean {
  if (path === ENV_FILE || path === CONTROL_FILE) return true;
  const [, state] = /^state\/([^/]+)$/.exec(path) ?? [];
  if (state !== undefined) return Object.hasOwn(STATE_FILES, state);
  if (!path.startsWith(RECIPES) || path.includes('\0')) return false;
  return path.split('/').every((name) => name !== '' && name !== '.' && name !== '..');
}
