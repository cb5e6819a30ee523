import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { ActivityName } from '../contract/activities.ts';
import { SCHEDULER_ID } from '../contract/ids.ts';
import { type Message, runChanged, runNow } from '../contract/messages.ts';
import type { SurveyResult } from '../contract/pass.ts';
import type { SchedulerInput } from '../contract/scheduler-input.ts';
import { WrongShape } from '../contract/shape.ts';
import type { Remembered } from '../domain/plan/input.ts';
import { contentsOf } from './described.ts';

/** What the scheduler knows of tasks, beyond what is in TinyTask and in its memo. */
export type Known = Pick<Remembered, 'first' | 'assignedByUs'>;

/**
 * What the scheduler will know of tasks when it goes on, read from its history: for where no worker is there to ask. It is
 * what its run began with, what its last survey left, and what it was sent since that survey began.
 */
export async function rememberedByHistory(client: Client): Promise<Known> {
  const { events } = await client.workflow.getHandle(SCHEDULER_ID).fetchHistory();
  const known = new Memory();
  /** The events by which a survey was scheduled; there is one at a time. */
  const surveys = new Set<string>();
  for (const event of events ?? []) {
    const began = event.workflowExecutionStartedEventAttributes;
    if (began) known.take((first(began.input?.payloads) ?? {}) as SchedulerInput);
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal) known.heed(signal.signalName ?? '', contentsOf(signal.input?.payloads));
    if (event.activityTaskScheduledEventAttributes?.activityType?.name === SURVEY) {
      surveys.add(String(event.eventId));
      known.beginSurvey();
    }
    const done = event.activityTaskCompletedEventAttributes;
    if (done && surveys.has(String(done.scheduledEventId)))
      known.learn(first(done.result?.payloads) as SurveyResult);
  }
  return known;
}

const SURVEY: ActivityName = 'survey';

function first(payloads: Payload[] | null | undefined): unknown {
  return contentsOf(payloads)[0];
}

type Left = { [Key in keyof Known]?: SchedulerInput[Key] | SurveyResult[Key] };

/** As workflows/scheduler/scheduler-state.ts goes about it. */
class Memory implements Known {
  first: number[] = [];
  assignedByUs: Known['assignedByUs'] = {};
  #news: (() => void)[] = [];

  /** What is null is as it was; what is absent was not there yet. */
  take({ first = [], assignedByUs = {} }: Left): void {
    if (first !== null) this.first = [...first];
    if (assignedByUs !== null) this.assignedByUs = { ...assignedByUs };
  }

  beginSurvey(): void {
    this.#news = [];
  }

  /** The survey did not see what was sent while it ran. */
  learn(result: SurveyResult): void {
    this.take(result);
    for (const again of this.#news) again();
  }

  heed(name: string, contents: unknown[]): void {
    const change = this.#changeBy(name, contents);
    if (change === undefined) return;
    this.#news.push(change);
    change();
  }

  #changeBy(name: string, contents: unknown[]): (() => void) | undefined {
    if (name === runNow.name) {
      const [taskId] = shaped(runNow, contents) ?? [];
      return taskId === undefined ? undefined : () => this.#putFirst(taskId);
    }
    if (name !== runChanged.name) return undefined;
    const [changed] = shaped(runChanged, contents) ?? [];
    const pool = changed?.state === 'ended' ? changed.pool : undefined;
    if (changed === undefined || pool === undefined) return undefined;
    return () => {
      this.assignedByUs = { ...this.assignedByUs, [changed.taskId]: pool };
    };
  }

  #putFirst(taskId: number): void {
    if (!this.first.includes(taskId)) this.first.push(taskId);
  }
}

/** What came with a message, if it has its shape; else the scheduler does nothing with it. */
function shaped<Args extends unknown[]>(message: Message<Args>, contents: unknown[]): Args | undefined {
  const { shapes } = message as { shapes: readonly ((value: unknown) => unknown)[] };
  try {
    return shapes.map((shape, at) => shape(contents[at])) as Args;
  } catch (error) {
    if (error instanceof WrongShape) return undefined;
    throw error;
  }
}
