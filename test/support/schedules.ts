import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import { scheduleActivities } from '../../activities/schedule/schedule.ts';
import type { BeginInput } from '../../contract/activities.ts';
import { MAIN_QUEUE, scheduleWorkflowId } from '../../contract/ids.ts';
import * as messages from '../../contract/messages.ts';
import type { DefineAsked, Defined, ScheduleFull } from '../../contract/schedule.ts';
import { SCHEDULE } from '../../contract/workflows.ts';
import type { Definition } from '../../domain/schedule/definition.ts';
import { fulfilled } from '../../temporal/fulfilled.ts';
import { quietRuntime } from './quiet-runtime.ts';
import { wished } from './wished.ts';

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

let bundle: Promise<WorkflowBundle> | undefined;

/** The schedule's workflow, and a stub of an occurrence's. */
function stubBundle(): Promise<WorkflowBundle> {
  const source = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  bundle ??= bundleWorkflowCode({
    workflowsPath: source('stub-occurrence.ts'),
    payloadConverterPath: source('../../workflows/sdk/payload-converter.ts'),
    // Other numbers: nobody waits a minute in a test.
    webpackConfigHook(config) {
      const patience = source('../../domain/schedule/patience.ts');
      const alias = { ...config.resolve?.alias, [patience]: source('little-patience.ts') };
      return { ...config, resolve: { ...config.resolve, alias } };
    },
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  });
  return bundle;
}

/** Whoever works for schedules; `activities` takes the place of ours. */
export async function startScheduleWorker(
  address: string,
  client: Client,
  activities: object = {},
): Promise<{ stop(): Promise<void> }> {
  quietRuntime();
  const connection = await NativeConnection.connect({ address });
  const begin = async ({ schedule, ...asked }: BeginInput) => {
    const atMs = Context.current().info.currentAttemptScheduledTimestampMs;
    const handle = client.workflow.getHandle(scheduleWorkflowId(schedule));
    return wished(handle, messages.beginOccurrence, { ...asked, atMs });
  };
  const worker = await Worker.create({
    ...{ connection, taskQueue: MAIN_QUEUE, workflowBundle: await stubBundle() },
    activities: { ...scheduleActivities({ client }), begin, ...activities },
    stickyQueueScheduleToStartTimeout: '1s',
  });
  const running = worker.run();
  return {
    async stop() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
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
