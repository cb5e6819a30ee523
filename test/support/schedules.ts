import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { scheduleActivities } from '../../activities/schedule/schedule.ts';
import type { BeginInput } from '../../contract/activities.ts';
import { MAIN_QUEUE, scheduleWorkflowId } from '../../contract/ids.ts';
import * as messages from '../../contract/messages.ts';
import type { BeginAsked, Begun, NotBegun } from '../../contract/occurrence.ts';
import type { DefineAsked, Defined, ScheduleFull } from '../../contract/schedule.ts';
import { SCHEDULE } from '../../contract/workflows.ts';
import type { Definition } from '../../domain/schedule/definition.ts';
import { fulfilled } from '../../temporal/fulfilled.ts';
import { impatientBundle } from './impatient-workflows.ts';
import { answered, standIn } from './stand-ins.ts';
import { startTestWorkers } from './test-workers.ts';
import { wished } from './wished.ts';

/** Long from now: what begins was started by hand. */
export const SELDOM = { kind: 'every', everyMs: 30 * 86_400_000 } as const;

/** A schedule that is due each second, and never overlaps; what `change` says is different. */
export function definitionOf(name: string, change: Partial<Definition> = {}): Definition {
  return {
    name,
    timing: { kind: 'every', everyMs: 1_000 },
    ...{ timeZone: 'UTC', work: { kind: 'task', title: 'done' }, priority: 0 },
    ...{ overlap: 'skip', catchUpMs: 60_000, jitterMs: 0 },
    ...change,
  };
}

// The schedule's workflow, and a stub of an occurrence's. Once for the workers of a file.
let bundling: ReturnType<typeof impatientBundle> | undefined;

/** Whoever works for schedules; `activities` takes the place of ours. */
export async function startScheduleWorker(
  address: string,
  client: Client,
  activities: object = {},
): Promise<{ stop(): Promise<void> }> {
  bundling ??= impatientBundle('stub-occurrence.ts');
  const begin = async ({ schedule, ...asked }: BeginInput) => {
    const atMs = Context.current().info.currentAttemptScheduledTimestampMs;
    return asksToBegin(client, schedule, { ...asked, atMs });
  };
  return startTestWorkers(address, {
    ...{ taskQueue: MAIN_QUEUE, workflowBundle: await bundling },
    activities: { ...scheduleActivities({ client }), begin, ...activities },
    stickyQueueScheduleToStartTimeout: '1s',
  });
}

/** What a schedule answers to an occurrence of its, which is there. */
async function asksToBegin(
  client: Client,
  schedule: string,
  asked: BeginAsked,
): Promise<{ begun: Begun } | { not: NotBegun }> {
  const asking = randomUUID();
  await client.workflow
    .getHandle(scheduleWorkflowId(schedule))
    .signal(messages.beginOccurrence, asked, asking);
  return answered(client, asked.workflowId, messages.beginAnswered.name, asking);
}

/** The same of one that is not there yet. */
export async function standInBegins(client: Client, schedule: string, asked: BeginAsked) {
  await standIn(client, asked.workflowId).catch((error: Error) => {
    if (error.name !== 'WorkflowExecutionAlreadyStartedError') throw error;
  });
  return asksToBegin(client, schedule, asked);
}

/** A schedule as its clients see it. */
export function scheduleAt(client: Client, name: string) {
  const handle = client.workflow.getHandle(scheduleWorkflowId(name));
  return {
    handle,
    /** As a client makes or edits it. */
    async define(
      definition: Definition,
      expects: number | null = null,
      more: Partial<DefineAsked> = {},
    ): Promise<Defined> {
      const workflowId = scheduleWorkflowId(name);
      const start = { workflow: SCHEDULE, args: [{ name }] };
      const asked: DefineAsked = { definition, expects, ...more };
      const question = { workflowId, start, wish: messages.define, args: [asked] as [DefineAsked] };
      return fulfilled(client, question, { withinMs: 30_000 });
    },
    pause: (note?: string) =>
      wished(handle, messages.pauseSchedule, note === undefined ? undefined : { note }),
    resume: () => wished(handle, messages.resumeSchedule, undefined),
    runNow: (how: { force?: boolean; evenIfPaused?: boolean } = {}) =>
      wished(handle, messages.runScheduleNow, { force: false, evenIfPaused: false, ...how }),
    status: () => handle.query<ScheduleFull>('status'),
  };
}
