import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { PHASE } from '../../contract/attributes.ts';
import type { SchedulerError } from '../../contract/errors.ts';
import { scheduleWorkflowId } from '../../contract/ids.ts';
import { scheduleMemoIn } from '../../contract/memos.ts';
import type { ScheduleMemo, SchedulesPage } from '../../contract/schedule.ts';
import { SCHEDULE } from '../../contract/workflows.ts';
import { nameProblem } from '../../domain/names.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import { isAttributeMissing } from '../../temporal/failures.ts';
import { type Listed, listPage } from '../../temporal/listed.ts';
import { schedulerError } from '../../words/errors.ts';
import { scheduleLine } from './schedule-line.ts';

// The schedules that there are, by what their workflows keep as memos: no worker has to live for it.

export const OPEN_SCHEDULES = `WorkflowType = "${SCHEDULE}" AND ExecutionStatus = "Running"`;
const PAGE = 100;
const LARGEST_PAGE = 1_000;

/** One page of schedules, by one call. */
export async function listSchedules(
  client: Client,
  { limit = PAGE, cursor }: { limit?: number; cursor?: string } = {},
): Promise<SchedulesPage> {
  const page = await listPage(client, OPEN_SCHEDULES, { size: Math.min(limit, LARGEST_PAGE), cursor });
  const nowMs = Date.now();
  return {
    schedules: memosOf(page.listed).map((memo) => scheduleLine(memo, nowMs, 1)),
    cursor: page.cursor,
  };
}

/** Names of those in trouble, and no more than a page of them. */
export async function troubledNames(client: Client): Promise<string[]> {
  try {
    return await namesIn(client, ` AND ${PHASE.name} = "troubled"`, LARGEST_PAGE);
  } catch (error) {
    if (isAttributeMissing(error)) return [];
    throw error;
  }
}

/** Names of those that were made last. */
export function newestNames(client: Client, most: number): Promise<string[]> {
  return namesIn(client, '', most);
}

/** One without a memo was started, and nobody has defined it yet. */
function memosOf(listed: readonly Listed[]): ScheduleMemo[] {
  return listed.map(({ memo }) => scheduleMemoIn(memo)).filter((memo) => memo !== undefined);
}

/** What is known of a schedule without asking it. @throws `no-such-schedule` */
export async function scheduleMemoOf(client: Client, name: string): Promise<ScheduleMemo> {
  if (nameProblem(name) === undefined) {
    try {
      const found = await client.workflow.getHandle(scheduleWorkflowId(name)).describe();
      const memo = found.status.name === 'RUNNING' ? scheduleMemoIn(found.memo) : undefined;
      if (memo !== undefined) return memo;
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
  throw await noSuchSchedule(client, name);
}

/** Names that are looked at for one that may have been meant. */
const NAMES = 300;

/** With the name that may have been meant. Of very many schedules only those that begin alike, and the newest, are looked at. */
export async function noSuchSchedule(client: Client, name: string): Promise<SchedulerError> {
  const [beginning = ''] = /^[A-Za-z0-9._-]*/.exec(name.slice(0, Math.ceil(name.length / 2))) ?? [];
  const alike = await namesIn(client, ` AND WorkflowId STARTS_WITH "${scheduleWorkflowId(beginning)}"`);
  const near = nearestName(name, alike) ?? nearestName(name, await namesIn(client, ''));
  return schedulerError({
    code: 'no-such-schedule',
    schedule: name,
    known: near === undefined ? [] : [near],
  });
}

async function namesIn(client: Client, clause: string, size = NAMES): Promise<string[]> {
  const { listed } = await listPage(client, `${OPEN_SCHEDULES}${clause}`, { size });
  return memosOf(listed).map(({ schedule }) => schedule.definition.name);
}
