import { Worker, type WorkerOptions } from '@temporalio/worker';
import { within } from '../os/within.ts';
import { withoutPromiseStacks } from './workflow-thread.ts';

const DISCARD_MS = 5_000;

/** All of these workers, in this order, or none: where one cannot be created, no other one holds its connection. */
export async function createWorkers(options: readonly WorkerOptions[]): Promise<Worker[]> {
  const create = () => Promise.allSettled(options.map((each) => Worker.create(each)));
  const settled = await withoutPromiseStacks(create);
  const created = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failed = settled.find((each) => each.status === 'rejected');
  if (failed === undefined) return created;
  await Promise.all(created.map(discard));
  throw failed.reason;
}

/** A worker lets go of its connection only when it has run. */
async function discard(worker: Worker): Promise<void> {
  const run = worker.run().catch(() => undefined);
  worker.shutdown();
  await within(DISCARD_MS, run);
}
