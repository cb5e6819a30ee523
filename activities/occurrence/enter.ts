import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Config } from '../../config/config.ts';
import type { OccurrenceActivities } from '../../contract/activities.ts';
import { OCCURRENCES_ID } from '../../contract/ids.ts';
import { inBatches } from '../../contract/in-batches.ts';
import { enterOccurrence, makeWay, occurrencesClosed, occurrencesStatus } from '../../contract/messages.ts';
import type { EnterAsked, Entered, OccurrenceRef } from '../../contract/occurrence.ts';
import { OCCURRENCES } from '../../contract/workflows.ts';
import { type Asked, fulfilled, Refused } from '../../temporal/fulfilled.ts';
import { signalled } from '../../temporal/signalled.ts';

const ANSWER_MS = 30_000;
/** Each round finds some closed that were in the way, so few are needed; whoever is left is looked at the next time. */
const MOST_ROUNDS = 20;

type ToEnter = Parameters<OccurrenceActivities['enter']>[0];

/**
 * Asks the admission. Those in the way are looked at: one that was terminated cannot have said that it is over, and would keep
 * its schedule from running for ever.
 *
 * @param now by the server's clock
 */
export async function enter(
  { client, config }: { client: Client; config: Config },
  asked: ToEnter,
  now: () => number,
): Promise<Entered> {
  const maxGlobal = smallerOf(asked.maxGlobal, config.maxOccurrences);
  for (let round = 1; ; round += 1) {
    const answer = await askAdmission(client, { ...asked, maxGlobal, atMs: now() });
    const closed = round < MOST_ROUNDS ? await closedOf(client, inTheWay(answer)) : [];
    if (closed.length > 0 && (await signalled(client, OCCURRENCES_ID, occurrencesClosed, closed))) continue;
    if (answer.enter === 'cancel-first')
      await inBatches(answer.cancel, ({ workflowId }) =>
        signalled(client, workflowId, makeWay, asked.workflowId),
      );
    return answer;
  }
}

/** @param setting 0: any number */
function smallerOf(asked: number | null, setting: number): number | null {
  if (setting === 0) return asked;
  return asked === null ? setting : Math.min(asked, setting);
}

const ADMISSION: Asked = {
  workflowId: OCCURRENCES_ID,
  start: { workflow: OCCURRENCES, args: [{}], summary: 'lets occurrences of schedules in' },
};

async function askAdmission(client: Client, asked: EnterAsked): Promise<Entered> {
  try {
    const question = { ...ADMISSION, wish: enterOccurrence, args: [asked] as [EnterAsked] };
    return await fulfilled(client, question, { withinMs: ANSWER_MS });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw ApplicationFailure.nonRetryable(`it was not let in: ${error.message}`, 'refused');
  }
}

function inTheWay(answer: Entered): string[] {
  switch (answer.enter) {
    case 'now':
      return [];
    case 'wait':
    case 'cancel-first':
      return answer.waits.with;
    case 'not':
      return [answer.because.why === 'overlap' ? answer.because.with : answer.because.by];
  }
}

/** Those of them that are closed at the server, as the admission knows them. */
async function closedOf(client: Client, ids: readonly string[]): Promise<OccurrenceRef[]> {
  if (ids.length === 0) return [];
  // Before the looks: whoever is known by then is not newer than what is found of it.
  const { known } = await client.workflow.getHandle(OCCURRENCES_ID).query(occurrencesStatus);
  const refs = known.filter(({ workflowId }) => ids.includes(workflowId));
  const looks = await inBatches(refs, (ref) => isClosed(client, ref), 10);
  return refs.flatMap(({ workflowId, runId }, at) => (looks[at] ? [{ workflowId, runId }] : []));
}

async function isClosed(client: Client, { workflowId, runId }: OccurrenceRef): Promise<boolean> {
  try {
    const { status, raw } = await client.workflow.getHandle(workflowId).describe();
    // Where its id has been used again, that one is open, or was.
    return status.name !== 'RUNNING' || raw.workflowExecutionInfo?.firstRunId !== runId;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}
