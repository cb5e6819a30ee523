import type { Client } from '@temporalio/client';
import { taskWorkflowId } from '../contract/ids.ts';
import { poolId } from '../domain/semaphore-id.ts';
import type { Measurement, Section } from './figures.ts';
import { type Event, readHistory } from './history.ts';
import { percentile, round } from './numbers.ts';
import { QUEUE, type Stand, withStand } from './stand.ts';
import { allEnded, bySlot, SLOTS } from './turnaround.ts';

/** A moment on the way from the end of one agent to the start of the next, and its time. */
type Moment = [what: string, atMs: number | undefined];

/** The way of a freed slot, step by step: how long each step takes over many turnarounds. */
export const trace: Measurement = {
  keys: ['trace'],
  async measure(root, quick) {
    const tasks = quick ? 20 : 100;
    return withStand(root, { agents: SLOTS, slots: 1, sleepSeconds: 0.5 }, async (stand) => {
      await stand.addTasks(tasks);
      await stand.startDaemon();
      await allEnded(stand.agentRuns, tasks, 60_000 + tasks * 500);
      return { figures: [], sections: [section(await turnaroundMoments(stand))] };
    });
  },
};

function section(turnarounds: Moment[][]): Section {
  const steps = new Map<string, number[]>();
  const totals: number[] = [];
  for (const moments of turnarounds) {
    if (moments.some(([, atMs]) => atMs === undefined)) continue;
    for (const [at, [what, atMs = 0]] of moments.entries()) {
      const before = moments[at - 1]?.[1] ?? atMs;
      steps.set(what, [...(steps.get(what) ?? []), atMs - before]);
    }
    totals.push((moments.at(-1)?.[1] ?? 0) - (moments[0]?.[1] ?? 0));
  }
  const row = (what: string, ms: number[]) => [
    what,
    ...[0.5, 0.9, 0.99].map((p) => `${round(percentile(ms, p))} ms`),
  ];
  return {
    key: 'trace',
    title: 'What one turnaround is made of',
    about: `${totals.length} turnarounds whose next run was waiting in line, from the events of the histories; ${SLOTS} slots, tasks of 0.5 s.`,
    head: ['step', 'p50', 'p90', 'p99'],
    rows: [...[...steps].slice(1).map(([what, ms]) => row(what, ms)), row('all', totals)],
  };
}

async function turnaroundMoments(stand: Stand): Promise<Moment[][]> {
  const { client } = stand;
  const slots = bySlot(await allEnded(stand.agentRuns, 1, 1_000));
  const found: Moment[][] = [];
  const semaphore = await semaphoreHistory(client);
  for (const runs of slots.values()) {
    for (const [at, next] of runs.slice(1).entries()) {
      const ended = runs[at];
      if (ended === undefined) continue;
      const after = await readHistory(client, taskWorkflowId(next.taskId));
      const waited = signalled(semaphore, 'request', next.taskId);
      const released = signalled(semaphore, 'release', ended.taskId);
      if (waited === undefined || released === undefined || waited.atMs > released.atMs) continue;
      found.push(moments({ semaphore, released, after, taskId: next.taskId }, ended.endMs, next.startMs));
    }
  }
  return found;
}

/** The pool's semaphore grants slots of all its agents, so the grant is found by the run that it went to. */
function moments(
  {
    semaphore,
    released,
    after,
    taskId,
  }: { semaphore: Event[]; released: Event; after: Event[]; taskId: number },
  endMs: number,
  startMs: number,
): Moment[] {
  const grantSent = semaphore
    .slice(semaphore.indexOf(released) + 1)
    .find(
      ({ kind, attributes }) =>
        kind === 'signalExternalWorkflowExecutionInitiated' &&
        receiverOf(attributes) === taskWorkflowId(taskId),
    );
  const grantTask = grantSent && taskOf(semaphore, grantSent);
  const grant = after.find(
    ({ kind, attributes }) => kind === 'workflowExecutionSignaled' && attributes.signalName === 'grant',
  );
  const runTask = next(after, grant, 'workflowTaskStarted');
  return [
    ['goose has ended', endMs],
    ['semaphore: release arrived (exit seen, nothing left)', released.atMs],
    ['semaphore: workflow task started', grantTask?.atMs],
    ['semaphore: decided to grant', grantSent?.atMs],
    ['next run: grant arrived', grant?.atMs],
    ['next run: workflow task started', runTask?.atMs],
    ['next run: activity scheduled', activity(after, 'Scheduled')?.atMs],
    ['next run: activity started (a worker has it)', activity(after, 'Started')?.atMs],
    ['next goose has started (heartbeat, preflight, claim, spawn)', startMs],
  ];
}

/** The event of the first goose run: its start is written into the history only with its end, but with the right time. */
function activity(history: Event[], what: 'Scheduled' | 'Started' | 'Completed'): Event | undefined {
  const at = history.findIndex(
    ({ kind, attributes }) =>
      kind === 'activityTaskScheduled' && (attributes.activityType as { name?: string })?.name === 'runGoose',
  );
  return at < 0 ? undefined : history.slice(at).find(({ kind }) => kind === `activityTask${what}`);
}

function next(history: Event[], after: Event | undefined, kind: string): Event | undefined {
  if (after === undefined) return undefined;
  return history.slice(history.indexOf(after) + 1).find((event) => event.kind === kind);
}

function signalled(semaphore: Event[], signalName: string, taskId: number): Event | undefined {
  return semaphore.find(
    ({ kind, attributes }) =>
      kind === 'workflowExecutionSignaled' &&
      attributes.signalName === signalName &&
      senderOf(attributes) === taskWorkflowId(taskId),
  );
}

/** The run that a message to the semaphore is about: its first argument says so. */
function senderOf({ input }: Event['attributes']): string | undefined {
  const [data] = (input as { payloads?: { data?: Uint8Array }[] }).payloads ?? [];
  return data?.data && JSON.parse(Buffer.from(data.data).toString()).workflowId;
}

function receiverOf({ workflowExecution }: Event['attributes']): string | undefined {
  return (workflowExecution as { workflowId?: string } | undefined)?.workflowId;
}

/** The workflow task in which this was decided. */
function taskOf(history: Event[], decided: Event): Event | undefined {
  return history.slice(0, history.indexOf(decided)).findLast(({ kind }) => kind === 'workflowTaskStarted');
}

/** All runs of the pool's semaphore, since it continues as new when its history is long. */
async function semaphoreHistory(client: Client): Promise<Event[]> {
  const events: Event[] = [];
  const query = `WorkflowId = "${poolId(QUEUE)}"`;
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    events.push(...(await readHistory(client, workflowId, runId)));
  }
  return events.sort((a, b) => a.atMs - b.atMs);
}
