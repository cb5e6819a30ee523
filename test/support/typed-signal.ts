import { execa } from 'execa';
import type { System } from './system.ts';
import { temporalCliForTests } from './tools.ts';

/** Signals a workflow as people type it, by Temporal's own command. `inputs`: JSON, or what is none. */
export async function typeSignal(
  { server: { address, namespace } }: System,
  workflowId: string,
  name: string,
  ...inputs: string[]
): Promise<void> {
  await execa(await temporalCliForTests(), [
    ...['workflow', 'signal', '-w', workflowId, '--name', name],
    ...['--address', address, '--namespace', namespace],
    ...inputs.flatMap((input) => ['--input', input]),
  ]);
}
