import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { eventually } from './eventually.ts';

/** What a workflow was sent. */
export interface Received {
  name: string;
  /** The first thing that came with it; undefined where nothing did. */
  content: unknown;
}

/** A workflow that only takes signals, since nobody works for it. Gives its run id. */
export async function standIn(client: Client, workflowId: string): Promise<string> {
  const handle = await client.workflow.start('nothing', { workflowId, taskQueue: 'nobody' });
  return handle.firstExecutionRunId;
}

/** Many of them, each by its number from 1, with its run id. */
export async function standIns(
  client: Client,
  count: number,
  id: (n: number) => string,
): Promise<Map<number, string>> {
  const started = new Map<number, string>();
  for (let from = 1; from <= count; from += 50) {
    const numbers = Array.from({ length: Math.min(50, count - from + 1) }, (_, at) => from + at);
    const runIds = await Promise.all(numbers.map((n) => standIn(client, id(n))));
    runIds.forEach((runId, at) => void started.set(numbers[at] as number, runId));
  }
  return started;
}

/** The signals that the newest run of a workflow was sent, in order. */
export async function received(client: Client, workflowId: string): Promise<Received[]> {
  const all = await receivedWhole(client, workflowId);
  return all.map(({ name, contents: [content] }) => ({ name, content }));
}

/** Their names only. */
export async function signalsTo(client: Client, workflowId: string): Promise<string[]> {
  return (await received(client, workflowId)).map(({ name }) => name);
}

/** The signals, with all that came with each. */
async function receivedWhole(
  client: Client,
  workflowId: string,
): Promise<{ name: string; contents: unknown[] }[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap((event) => {
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (!signal?.signalName) return [];
    const payloads = signal.input?.payloads ?? [];
    const contents = payloads.map((payload) => defaultPayloadConverter.fromPayload(payload));
    return [{ name: signal.signalName, contents }];
  });
}

/** What a workflow that had asked under this name was answered, as soon as it is. */
export async function answered<Answer>(
  client: Client,
  workflowId: string,
  signal: string,
  asking: string,
): Promise<Answer> {
  const { contents } = await eventually('it is answered', async () => {
    const all = await receivedWhole(client, workflowId);
    return all.find((each) => each.name === signal && each.contents[1] === asking);
  });
  return contents[0] as Answer;
}
