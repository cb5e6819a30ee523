import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const TOKEN = /^[0-9a-f]{32}$/;
const processId = z.object({ pid: z.int().positive(), startTime: z.number() });

const runRecord = z.object({
  token: z.string().regex(TOKEN),
  taskId: z.int().positive(),
  agent: z.string(),
  attemptId: z.string(),
  workflowId: z.string(),
  runId: z.string(),
  /** Base64: with it, whoever has seen the processes dead can fail the activity. */
  activityTaskToken: z.string(),
  host: z.string(),
  bootId: z.string(),
  worker: processId,
  /** Absent until goose has been started. */
  goose: processId.optional(),
  /** Milliseconds since 1970, as is `deadlineAt`. */
  startedAt: z.number(),
  /** After this moment nobody may rely on the worker to end the run. */
  deadlineAt: z.number(),
});

/** What this host knows of one goose run while it lasts, on disk, so that it survives the worker. */
export type RunRecord = z.infer<typeof runRecord>;

/** A token for a new run: 32 hexadecimal digits. */
export function newRunToken(): string {
  return randomBytes(16).toString('hex');
}

/**
 * Writes or replaces the record of a run, mode 0600. Readers see the old one or the new one, whole. It need not
 * survive a power cut, since no process does. Throws if the disk does not take it: then goose must not be started.
 */
export async function writeRunRecord(runningDir: string, record: RunRecord): Promise<void> {
  const path = recordPath(runningDir, record.token);
  const temporary = `${path}.${process.pid}.tmp`;
  await mkdir(runningDir, { recursive: true, mode: 0o700 });
  try {
    await writeFile(temporary, `${JSON.stringify(record)}\n`, { mode: 0o600 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

/** All records in the folder, of other hosts too. A file that cannot be read is skipped and named in `problems`. */
export async function readRunRecords(
  runningDir: string,
): Promise<{ records: RunRecord[]; problems: string[] }> {
  const records: RunRecord[] = [];
  const problems: string[] = [];
  for (const name of await namesIn(runningDir)) {
    if (!name.endsWith('.json')) continue;
    const path = join(runningDir, name);
    try {
      const parsed = runRecord.safeParse(JSON.parse(await readFile(path, 'utf8')));
      if (parsed.success && name === `${parsed.data.token}.json`) records.push(parsed.data);
      else problems.push(`${path} is not a run record: look at it, then delete it`);
    } catch (error) {
      if (!isMissing(error))
        problems.push(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { records, problems };
}

/** It is no error if the record has gone already. */
export async function deleteRunRecord(runningDir: string, token: string): Promise<void> {
  await rm(recordPath(runningDir, token), { force: true });
}

function recordPath(runningDir: string, token: string): string {
  if (!TOKEN.test(token))
    throw new Error(`a run token is 32 hexadecimal digits, not ${JSON.stringify(token)}`);
  return join(runningDir, `${token}.json`);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
