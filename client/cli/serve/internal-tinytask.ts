import { freePort } from '../../../os/free-port.ts';
import { startEmbeddedTinyTask } from '../../../tinytask/embedded/server.ts';

export interface InternalTinytaskOptions {
  /** Taken if nothing has it; else, and for 0, a free one. */
  port: number;
  /** Path of the SQLite file. */
  database: string;
}

/** What it tells the process that started it. */
export interface TinytaskReady {
  endpoint: string;
}

/** Calls under way get this long when the parent is gone. */
const ORPHAN_GRACE_MS = 700;

/**
 * The embedded TinyTask as a process of its own; for `npm start`, not for people. Tells its endpoint over the IPC
 * channel, or what is wrong (main.ts). Ends on SIGTERM, and within a second when the process that started it is gone.
 */
export async function runInternalTinytask({ port, database }: InternalTinytaskOptions): Promise<void> {
  // Before anything that takes time: an event that nobody listens to is lost.
  const told = new Promise<'stop' | 'orphan'>((resolve) => {
    process.once('SIGTERM', () => resolve('stop'));
    process.once('SIGINT', () => resolve('stop'));
    process.once('disconnect', () => resolve('orphan'));
  });
  const server = await startEmbeddedTinyTask({ databaseFile: database, port: await freePort(port) });
  const ready: TinytaskReady = { endpoint: server.endpoint };
  process.send?.(ready);
  if ((await told) === 'orphan') setTimeout(() => process.exit(0), ORPHAN_GRACE_MS).unref();
  await server.close();
}
