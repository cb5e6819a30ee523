import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Worker as Thread, WorkerOptions as ThreadOptions } from 'node:worker_threads';

const PRELOAD = fileURLToPath(new URL('./without-promise-stacks.cjs', import.meta.url));

/**
 * The SDK notes where each promise of a workflow was made, for the query `__stack_trace` alone ("Call Stack" at the Web UI): a
 * quarter of what its thread does. It goes without where Node.js has no such hooks, and has no option for that, so the
 * thread is started without them.
 */
export async function withoutPromiseStacks<T>(create: () => Promise<T>): Promise<T> {
  // The very object of which the SDK takes the class when it starts a thread.
  const threads = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof Thread };
  const { Worker } = threads;
  threads.Worker = class extends Worker {
    constructor(file: string | URL, options: ThreadOptions = {}) {
      super(file, { ...options, execArgv: ['--require', PRELOAD] });
    }
  };
  try {
    return await create();
  } finally {
    threads.Worker = Worker;
  }
}
