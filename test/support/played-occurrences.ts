import type { Client, WorkflowHandle } from '@temporalio/client';
import type {
  BeginInput,
  CreatedTask,
  CreateTaskInput,
  EnterInput,
  InTheWayInput,
  LeftOutInput,
  OccurrenceActivities,
} from '../../contract/activities.ts';
import { MAIN_QUEUE, OCCURRENCES_ID, occurrenceId, scheduleWorkflowId } from '../../contract/ids.ts';
import { beginAnswered, enterAnswered, type Message } from '../../contract/messages.ts';
import type {
  Begun,
  Entered,
  NotBegun,
  OccurrenceInput,
  OccurrenceMemo,
  TaskLook,
} from '../../contract/occurrence.ts';
import { SCHEDULED_RUN } from '../../contract/workflows.ts';
import { DEFAULTS, type Definition } from '../../domain/schedule/definition.ts';
import { eventually } from './eventually.ts';
import { memoOf, occurrenceEnd, reaches } from './occurrences.ts';
import { onStubs } from './on-stubs.ts';
import { resetRun } from './reset.ts';
import { type Received, received, standIn } from './stand-ins.ts';
import { MADE_AT } from './tasks.ts';

/** Of every recipe. */
const HASH = 'ab';
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
  /** `lost`: it is not answered. */
  begins: Answer<{ begun: Begun } | { not: NotBegun } | 'lost'>;
  /** With none left it may enter. */
  enters: Answer<Entered>[] = [];
  inTheWay: Answer<{ closed: number }> = { closed: 0 };
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

  memo = () => memoOf(this.handle);
  reaches = (phase: OccurrenceMemo['phase']) => reaches(this.handle, phase);
  /** How it ended, whether it returned or failed. */
  ended = () => occurrenceEnd(this.handle);

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
    const { workflowId, runId } = await this.handle.describe();
    await resetRun(this.client, { workflowId, runId }, to);
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
    async askSchedule({ asking, ...input }: BeginInput & { asking: string }): Promise<'asked'> {
      const it = of(input.schedule, 'askSchedule', input);
      const answer = await given(it.begins);
      if (answer !== 'lost') await it.handle.signal(beginAnswered, answer, asking);
      return 'asked';
    },
    hashRecipe: async (): Promise<string> => HASH,
    async askAdmission({ asking, began: _, ...input }: EnterInput): Promise<void> {
      const it = of(input.schedule, 'askAdmission', input);
      const answer = await given(it.enters.shift() ?? { enter: 'now' });
      await it.handle.signal(enterAnswered, answer, asking);
    },
    lookInTheWay: async (input: InTheWayInput) => given(of(input.schedule, 'lookInTheWay', input).inTheWay),
    noteLeftOut: async (input: LeftOutInput): Promise<void> => void of(input.schedule, 'noteLeftOut', input),
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

/** Occurrences of a test file, each of a schedule of its own. */
export function occurrencesOnStubs() {
  const all = new Map<string, PlayedOccurrence>();
  const stubs = onStubs(OCCURRENCES_ID, playing(all));
  return {
    get client() {
      return stubs.client;
    },
    newOccurrence(): PlayedOccurrence {
      const it = new PlayedOccurrence(stubs.client, `s${all.size + 1}`, all.size + 1);
      all.set(it.schedule, it);
      return it;
    },
  };
}
