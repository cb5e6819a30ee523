import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, vi } from 'vitest';
import type {
  BeginInput,
  CreatedTask,
  CreateTaskInput,
  OccurrenceActivities,
} from '../../contract/activities.ts';
import { MAIN_QUEUE, OCCURRENCES_ID, occurrenceId, scheduleWorkflowId } from '../../contract/ids.ts';
import { occurrenceMemoIn } from '../../contract/memos.ts';
import type { Message } from '../../contract/messages.ts';
import type {
  Begun,
  Entered,
  NotBegun,
  OccurrenceEnd,
  OccurrenceInput,
  OccurrenceMemo,
  TaskLook,
} from '../../contract/occurrence.ts';
import { SCHEDULED_RUN } from '../../contract/workflows.ts';
import { DEFAULTS, type Definition } from '../../domain/schedule/definition.ts';
import { eventually } from './eventually.ts';
import { startLimitedServer } from './limited-server.ts';
import { type Received, received, standIn } from './stand-ins.ts';
import { startStubbed } from './stubbed-scheduler.ts';
import { MADE_AT } from './tasks.ts';

export const PLANNED_MS = Date.UTC(2026, 10, 26, 3);

/** A schedule that is due each hour, with what is different about it. */
export function definitionOf(name: string, change: Partial<Definition> = {}): Definition {
  return {
    ...{ name, timing: { kind: 'cron', cron: '0 * * * *' }, timeZone: 'UTC', ...DEFAULTS },
    work: { kind: 'task', title: `work of ${name}`, queue: 'dev' },
    ...change,
  };
}

export function begunOf(definition: Definition, change: Partial<Begun> = {}): Begun {
  return { definition, version: 1, number: 1, lastEndMs: null, recipeHash: null, ...change };
}

export function lookOf(state: TaskLook['state'], change: Partial<TaskLook> = {}): TaskLook {
  return { state, verdict: null, attempts: 1, tokens: 7, log: 'a.log', agent: 'ada', ...change };
}

type Answer<T> = T | (() => Promise<T> | T);

/** An occurrence whose activities the test plays: what it asked of them, and what they answer. */
export class PlayedOccurrence {
  /** By name, with what they were given. */
  readonly called: [name: string, input: unknown][] = [];
  begins: Answer<{ begun: Begun } | { not: NotBegun }>;
  /** With none left it may enter. */
  enters: Answer<Entered>[] = [];
  creates: Answer<CreatedTask>;
  released: Answer<void> = undefined;
  /** With none left its task is complete. */
  looks: Answer<TaskLook>[] = [];
  calledOff: Answer<TaskLook> = lookOf('gone');

  constructor(
    readonly client: Client,
    readonly schedule: string,
    readonly taskId: number,
  ) {
    this.begins = { begun: begunOf(definitionOf(schedule)) };
    this.creates = { id: taskId, createdAt: MADE_AT };
  }

  get workflowId(): string {
    return occurrenceId(this.schedule, PLANNED_MS);
  }

  get handle(): WorkflowHandle {
    return this.client.workflow.getHandle(this.workflowId);
  }

  async start(input: Partial<OccurrenceInput> = {}): Promise<void> {
    await standIn(this.client, scheduleWorkflowId(this.schedule));
    await this.client.workflow.start(SCHEDULED_RUN, {
      ...{ workflowId: this.workflowId, taskQueue: MAIN_QUEUE },
      args: [{ schedule: this.schedule, plannedMs: PLANNED_MS, ...input }],
    });
  }

  async asked(name: keyof OccurrenceActivities, times = 1): Promise<unknown> {
    const all = () => this.called.filter(([each]) => each === name);
    await eventually(`${name} is called ${times} times`, async () => all().length >= times);
    return all()[times - 1]?.[1];
  }

  get names(): string[] {
    return this.called.map(([name]) => name);
  }

  signal<Args extends unknown[]>(message: Message<Args>, ...args: NoInfer<Args>): Promise<void> {
    return this.handle.signal(message, ...args);
  }

  async memo(): Promise<OccurrenceMemo | undefined> {
    return occurrenceMemoIn((await this.handle.describe()).memo);
  }

  reaches(phase: OccurrenceMemo['phase']): Promise<OccurrenceMemo> {
    return eventually(`it is ${phase}`, async () => {
      const memo = await this.memo();
      return memo?.phase === phase && memo;
    });
  }

  /** How it ended, whether it returned or failed. */
  async ended(): Promise<OccurrenceEnd & { failedAs?: string | undefined; says?: string }> {
    try {
      const { occurrence } = (await this.handle.result()) as { occurrence: OccurrenceEnd };
      return occurrence;
    } catch (error) {
      const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
      if (!(cause instanceof ApplicationFailure)) throw error;
      const [details] = (cause.details ?? []) as { occurrence: OccurrenceEnd }[];
      return {
        ...(details?.occurrence as OccurrenceEnd),
        failedAs: cause.type ?? undefined,
        says: cause.message,
      };
    }
  }

  /** What its schedule heard of it. */
  async toSchedule(): Promise<Received[]> {
    return received(this.client, scheduleWorkflowId(this.schedule));
  }

  /** What the admission heard of it. */
  async toAdmission(): Promise<Received[]> {
    const all = await received(this.client, OCCURRENCES_ID);
    return all.filter(({ content }) => (content as { workflowId?: string })?.workflowId === this.workflowId);
  }

  async reset(to: 'first' | 'last'): Promise<void> {
    const { runId } = await this.handle.describe();
    const { events } = await this.client.workflow.getHandle(this.workflowId, runId).fetchHistory();
    const completed = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
    const event = to === 'first' ? completed[0] : completed.at(-1);
    await this.client.workflowService.resetWorkflowExecution({
      ...{ namespace: 'default', reason: 'by hand', requestId: randomUUID() },
      workflowExecution: { workflowId: this.workflowId, runId },
      workflowTaskFinishEventId: event?.eventId ?? null,
    });
  }
}

function given<T>(answer: Answer<T>): Promise<T> | T {
  return typeof answer === 'function' ? (answer as () => Promise<T> | T)() : answer;
}

function playing(all: ReadonlyMap<string, PlayedOccurrence>) {
  const of = (schedule: string, name: string, input: unknown) => {
    const it = all.get(schedule) as PlayedOccurrence;
    it.called.push([name, input]);
    return it;
  };
  const byTask = (id: number) => [...all.values()].find(({ taskId }) => taskId === id)?.schedule ?? '';
  const scheduleOf = (id: string) => /^occurrence-(.*)-\d{4}-/.exec(id)?.[1] ?? '';
  return {
    begin: async (input: BeginInput) => given(of(input.schedule, 'begin', input).begins),
    enter: async (input: Parameters<OccurrenceActivities['enter']>[0]): Promise<Entered> =>
      given(of(input.schedule, 'enter', input).enters.shift() ?? { enter: 'now' }),
    createTask: async (input: CreateTaskInput) =>
      given(of(scheduleOf(input.occurrence), 'createTask', input).creates),
    releaseTask: async (input: { begun: Begun }) =>
      given(of(input.begun.definition.name, 'releaseTask', input).released),
    tidyUp: async (input: { occurrence: string }): Promise<void> =>
      void of(scheduleOf(input.occurrence), 'tidyUp', input),
    lookAtTaskOfOccurrence: async (input: { task: { id: number } }) =>
      given(of(byTask(input.task.id), 'lookAtTaskOfOccurrence', input).looks.shift() ?? lookOf('complete')),
    callOff: async (input: { task: { id: number }; why: string }) =>
      given(of(byTask(input.task.id), 'callOff', input).calledOff),
  };
}

/** A history may have so many events before the server suggests to continue as new. */
const LONG_HISTORY = 120;

/** One server and one worker for all occurrences of a test file, each of a schedule of its own. */
export function occurrencesOnStubs() {
  vi.setConfig({ testTimeout: 90_000, maxConcurrency: 40 });
  const all = new Map<string, PlayedOccurrence>();
  let server: Awaited<ReturnType<typeof startLimitedServer>>;
  let worker: Awaited<ReturnType<typeof startStubbed>>;
  beforeAll(async () => {
    server = await startLimitedServer({ 'limit.historyCount.suggestContinueAsNew': LONG_HISTORY });
    await standIn(server.client, OCCURRENCES_ID);
    worker = await startStubbed(server.address, playing(all), { daemon: false });
  });
  afterAll(async () => {
    await worker?.stop();
    await server?.stop();
  });
  return {
    get client() {
      return server.client;
    },
    newOccurrence(): PlayedOccurrence {
      const it = new PlayedOccurrence(server.client, `s${all.size + 1}`, all.size + 1);
      all.set(it.schedule, it);
      return it;
    },
  };
}
