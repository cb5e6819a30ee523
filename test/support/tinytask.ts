import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from '../../os/free-port.ts';
import { connectTinyTask, type TinyTask } from '../../tinytask/client.ts';
import { type EmbeddedTinyTask, startEmbeddedTinyTask } from '../../tinytask/embedded/server.ts';

export type WhenDone = (end: () => Promise<unknown>) => void;
/** What was started is ended with the test; of tests that run at the same time vitest asks for the hook of their context. */
export const withTest: WhenDone = (end) => onTestFinished(async () => void (await end()));

/** The file of a database that is removed when the test has ended. */
export async function databaseFile(whenDone = withTest): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tinytask-'));
  whenDone(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'tinytask.db');
}

/** An embedded TinyTask on a free port, closed when the test has ended. */
export async function embeddedTinyTask(
  options: { file?: string; port?: number; whenDone?: WhenDone } = {},
): Promise<EmbeddedTinyTask> {
  const { whenDone = withTest } = options;
  const { file = await databaseFile(whenDone), port = await freePort(0) } = options;
  const server = await startEmbeddedTinyTask({ databaseFile: file, port });
  whenDone(() => server.close());
  return server;
}

/** A client that is closed when the test has ended. */
export function client(endpoint: string, deadlineMs = 10_000, whenDone = withTest): TinyTask {
  const tinyTask = connectTinyTask({ endpoint, deadlineMs });
  whenDone(() => tinyTask.close());
  return tinyTask;
}

export async function fixture(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(`../fixtures/tinytask/${name}`, import.meta.url), 'utf8'));
}
