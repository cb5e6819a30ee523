import type { Client } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import type { EnterInput } from '../../contract/activities.ts';
import { MAIN_QUEUE, OCCURRENCES_ID } from '../../contract/ids.ts';
import { inBatches } from '../../contract/in-batches.ts';
import { enterOccurrence, occurrencesClosed, occurrencesStatus } from '../../contract/messages.ts';
import type { OccurrenceRef } from '../../contract/occurrence.ts';
import { OCCURRENCES } from '../../contract/workflows.ts';
import { describeAny } from '../../temporal/described.ts';
import { signalled } from '../../temporal/signalled.ts';

const ANSWER_MS = 30_000;

/** Asks the admission, which is started where there is none. @param nowMs by the server's clock */
export async function askAdmission(
  { client, config }: { client: Client; config: Config },
  { asking, began: _, ...asked }: EnterInput,
  nowMs: number,
): Promise<void> {
  const maxGlobal = smallerOf(asked.maxGlobal, config.maxOccurrences);
  await client.withDeadline(Date.now() + ANSWER_MS, () =>
    client.workflow.signalWithStart(OCCURRENCES, {
      ...{ workflowId: OCCURRENCES_ID, taskQueue: MAIN_QUEUE, args: [{}] },
      ...{ signal: enterOccurrence, signalArgs: [{ ...asked, maxGlobal, atMs: nowMs }, asking] },
      staticSummary: 'lets occurrences of schedules in',
    }),
  );
}

/** @param setting 0: any number */
function smallerOf(asked: number | null, setting: number): number | null {
  if (setting === 0) return asked;
  return asked === null ? setting : Math.min(asked, setting);
}

/**
 * Looks at occurrences that are in the way of one: one that was terminated cannot have said that it is over, and would keep its
 * schedule from running for ever. Returns how many are closed; the admission is told of them.
 */
export async function lookInTheWay(client: Client, ids: readonly string[]): Promise<number> {
  const closed = await closedOf(client, ids);
  if (closed.length === 0) return 0;
  return (await signalled(client, OCCURRENCES_ID, occurrencesClosed, closed)) ? closed.length : 0;
}

/** Those of them that are closed at the server, as the admission knows them. */
async function closedOf(client: Client, ids: readonly string[]): Promise<OccurrenceRef[]> {
  if (ids.length === 0) return [];
  // Before the looks: whoever is known by then is not newer than what is found of it.
  const { known } = await client.workflow.getHandle(OCCURRENCES_ID).query(occurrencesStatus, [...ids]);
  const looks = await inBatches(known, (ref) => isClosed(client, ref), 10);
  return known.flatMap(({ workflowId, runId }, at) => (looks[at] ? [{ workflowId, runId }] : []));
}

async function isClosed(client: Client, { workflowId, runId }: OccurrenceRef): Promise<boolean> {
  const described = await describeAny(client, workflowId);
  // Where its id has been used again, that one is open, or was.
  return described?.status.name !== 'RUNNING' || described.raw.workflowExecutionInfo?.firstRunId !== runId;
}
