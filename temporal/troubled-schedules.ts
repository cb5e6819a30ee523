import type { Client } from '@temporalio/client';
import { PHASE } from '../contract/attributes.ts';
import { scheduleMemoIn } from '../contract/memos.ts';
import type { ScheduleTrouble } from '../contract/status.ts';
import { SCHEDULE } from '../contract/workflows.ts';

export interface Troubled {
  troubles: ScheduleTrouble[];
  /** So many schedules in trouble are not read. */
  more: number;
}

export const NO_TROUBLE: Troubled = { troubles: [], more: 0 };

/** More of them have one cause, which the first ones tell. */
const SCHEDULES_READ = 10;
const QUERY = `WorkflowType = "${SCHEDULE}" AND ${PHASE.name} = "troubled" AND ExecutionStatus = "Running"`;

/** What is wrong with schedules, by the server's list, whose memos lag by a second or so: one call, where they are few. */
export async function troubledSchedules(client: Client): Promise<Troubled> {
  const troubles: ScheduleTrouble[] = [];
  let read = 0;
  for await (const { workflowId, memo } of client.workflow.list({
    query: QUERY,
    pageSize: SCHEDULES_READ + 1,
  })) {
    if (read === SCHEDULES_READ) {
      const { count } = await client.workflow.count(QUERY);
      return { troubles, more: Math.max(1, count - read) };
    }
    read += 1;
    const { schedule, now } = scheduleMemoIn(memo) ?? {};
    const name = schedule?.definition.name ?? workflowId;
    for (const trouble of now?.problems ?? []) troubles.push({ schedule: name, trouble });
  }
  return { troubles, more: 0 };
}
