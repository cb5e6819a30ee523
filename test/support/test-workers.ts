import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { quietRuntime } from './quiet-runtime.ts';

/** Workers with these options, over one connection of their own; end them with `stop`. */
export async function startTestWorkers(
  address: string,
  ...all: readonly Omit<WorkerOptions, 'connection'>[]
): Promise<{ stop(): Promise<void> }> {
  quietRuntime();
  const connection = await NativeConnection.connect({ address });
  const workers: Worker[] = [];
  for (const options of all) workers.push(await Worker.create({ ...options, connection }));
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    async stop() {
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
