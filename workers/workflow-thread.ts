import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Worker as Thread, WorkerOptions as ThreadOptions } from 'node:worker_threads';

const PRELOAD = fileURLToPath(new URL('./without-promise-stacks.cjs', import.meta.url));

// The very object of which the SDK takes the class when it starts a thread.
const threads = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof Thread };
const Original = threads.Worker;
const OF_WORKFLOWS = /[\\/]workflow-worker-thread\.js$/;

class WithoutPromiseStacks extends Original {
  constructor(file: string | URL, options: ThreadOptions = {}) {
    const isOfWorkflows = OF_WORKFLOWS.test(String(file));
    super(file, isOfWorkflows ? { ...options, execArgv: ['--require', PRELOAD] } : options);
  }
}

/** Calls that are under way. */
let calls = 0;

/**
 * The SDK notes where each promise of a workflow was made, for the query `__stack_trace` alone ("Call Stack" at the Web UI): a
 * quarter of what its thread does. It goes without where Node.js has no such hooks, and has no option for that, so the
 * thread is started without them.
 */
export async function withoutPromiseStacks<T>(create: () => Promise<T>): Promise<T> {
  calls += 1;
  threads.Worker = WithoutPromiseStacks;
  try {
    return await create();
  } finally {
    calls -= 1;
    if (calls === 0) threads.Worker = Original;
  }
}
