import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { AttemptResult } from '../../contract/run.ts';
import type { Grant } from '../../domain/slots/pool.ts';

/** One attempt as the histories have it; times in milliseconds since the epoch. */
export interface SlotUse {
  taskId: number;
  agent: string;
  fence: number;
  /** A goose host took it. */
  fromMs: number;
  /** The slot was given back: by the word of the host, or by the end of the attempt, whichever came first. */
  untilMs: number;
  /** Whether the task was set to `working`; undefined while it goes on. */
  claimed: boolean | undefined;
  /** What it came to, for the reader of a failed test. */
  cameTo: string;
}

type Event = NonNullable<Awaited<ReturnType<typeof eventsOf>>>[number];

/**
 * Every attempt at these tasks that a goose host took, from the histories of all their runs. Those that gave their slot
 * back unused are left out: they have done nothing.
 *
 * @param semaphores the workflow ids of those that gave the slots
 */
export async function slotUses(client: Client, tasks: number[], semaphores: string[]): Promise<SlotUse[]> {
  const given = new Map<number, number>();
  for (const semaphore of semaphores)
    for (const event of (await everyRun(client, semaphore)).flat()) {
      const signal = event.workflowExecutionSignaledEventAttributes;
      if (signal?.signalName !== 'release' && signal?.signalName !== 'processes-gone') continue;
      const { fence } = read<{ fence: number | null }>(signal.input);
      if (fence !== null && !given.has(fence)) given.set(fence, timeOf(event));
    }
  const uses: SlotUse[] = [];
  for (const taskId of tasks)
    for (const events of await everyRun(client, `task-${taskId}`))
      uses.push(...usesIn(events, taskId, given));
  return uses.filter((use) => use.claimed !== false);
}

/** The most slots of the agent that were in use at one time. */
export function mostInUse(uses: readonly SlotUse[], isMeant: (use: SlotUse) => boolean): number {
  const changes = uses
    .filter(isMeant)
    .flatMap(({ fromMs, untilMs }) => [
      { atMs: fromMs, by: 1 },
      { atMs: untilMs, by: -1 },
    ])
    // One that ends as the next begins has left it its slot.
    .sort((a, b) => a.atMs - b.atMs || a.by - b.by);
  let inUse = 0;
  return Math.max(0, ...changes.map(({ by }) => (inUse += by)));
}

function usesIn(events: Event[], taskId: number, given: ReadonlyMap<number, number>): SlotUse[] {
  return events.flatMap((scheduled): SlotUse[] => {
    const attributes = scheduled.activityTaskScheduledEventAttributes;
    if (attributes?.activityType?.name !== 'runGoose') return [];
    const { agent, fence } = read<Grant>(attributes.input);
    const ofIt = (event: Event) =>
      [
        event.activityTaskStartedEventAttributes,
        event.activityTaskCompletedEventAttributes,
        event.activityTaskFailedEventAttributes,
        event.activityTaskTimedOutEventAttributes,
        event.activityTaskCanceledEventAttributes,
      ].some((about) => about && String(about.scheduledEventId) === String(scheduled.eventId));
    const [started, ended] = events.filter(ofIt);
    if (started === undefined) return [];
    const completed = ended?.activityTaskCompletedEventAttributes;
    const result = completed && read<AttemptResult>(completed.result);
    const endedAtMs = ended === undefined ? Number.POSITIVE_INFINITY : timeOf(ended);
    const untilMs = Math.min(given.get(fence) ?? Number.POSITIVE_INFINITY, endedAtMs);
    const claimed = ended === undefined ? undefined : (result?.claimed ?? true);
    return [
      { taskId, agent, fence, fromMs: timeOf(started), untilMs, claimed, cameTo: cameTo(ended, result) },
    ];
  });
}

function cameTo(ended: Event | undefined, result: AttemptResult | null | undefined): string {
  if (ended === undefined) return 'it goes on';
  if (result) return `${result.verdict.kind}: ${result.verdict.reason}`;
  return (
    ended.activityTaskFailedEventAttributes?.failure?.message ??
    (ended.activityTaskTimedOutEventAttributes ? 'its host was not heard of' : 'cancelled')
  );
}

async function everyRun(client: Client, workflowId: string): Promise<Event[][]> {
  const runs: Event[][] = [];
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = "${workflowId}"` }))
    runs.push((await eventsOf(client, workflowId, runId)) ?? []);
  return runs;
}

async function eventsOf(client: Client, workflowId: string, runId: string) {
  return (await client.workflow.getHandle(workflowId, runId).fetchHistory()).events;
}

type Payloads = Parameters<typeof defaultPayloadConverter.fromPayload>[0][];

/** The first of what came with an event; nothing where it cannot be read. */
function read<T>(input: { payloads?: Payloads | null } | null | undefined): T {
  const [first] = input?.payloads ?? [];
  return (first === undefined ? {} : defaultPayloadConverter.fromPayload(first)) as T;
}

export function timeOf({ eventTime }: Event): number {
  return Number(eventTime?.seconds ?? 0) * 1e3 + Number(eventTime?.nanos ?? 0) / 1e6;
}
