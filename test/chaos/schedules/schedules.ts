import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { scheduleWorkflowId } from '../../../contract/ids.ts';
import { define, pauseSchedule, scheduleStatus } from '../../../contract/messages.ts';
import type { Occurrence } from '../../../contract/occurrence.ts';
import type { DefineAsked } from '../../../contract/schedule.ts';
import { SCHEDULE } from '../../../contract/workflows.ts';
import type { Definition } from '../../../domain/schedule/definition.ts';
import { fulfilled } from '../../../temporal/fulfilled.ts';
import { getTask, listAllTasks } from '../tinytask-calls.ts';
import type { SeenSchedule, SeenTask } from './compare.ts';

const OVERLAPS = ['skip', 'buffer', 'allow', 'cancel'] as const;
const QUEUES = ['dev', 'leaver', 'forker', 'scribe'];
const LOOK_MS = 2_000;
const WITHIN_MS = 120_000;

/** The schedules of one run, made and asked as the command line does it. */
export class Schedules {
  readonly #client: Client;
  readonly #tinytask: string;
  readonly #names: string[] = [];
  #sinceMs = 0;

  constructor(client: Client, tinytask: string) {
    this.#client = client;
    this.#tinytask = tinytask;
  }

  async create(count: number, everyMs: number): Promise<void> {
    for (let at = 0; at < count; at += 1) {
      const name = `storm-${at}`;
      await this.#define({
        name,
        timing: { kind: 'every', everyMs },
        timeZone: 'UTC',
        work: { kind: 'task', title: `${name} {{count}}`, queue: QUEUES[at % QUEUES.length] as string },
        priority: 0,
        overlap: OVERLAPS[at % OVERLAPS.length] ?? 'skip',
        // Everything that was due is to begin, or to say why not.
        catchUpMs: 60_000,
        jitterMs: 0,
        ...(at % 5 === 0 && { jobKey: 'shared', maxPerJob: 1 }),
      });
      this.#names.push(name);
    }
    this.#sinceMs = Date.now();
  }

  async #define(definition: Definition): Promise<void> {
    const { name } = definition;
    const start = { workflow: SCHEDULE, args: [{ name }] };
    const asked = { workflowId: scheduleWorkflowId(name), start, wish: define };
    const args: [DefineAsked] = [{ definition, expects: null }];
    const answer = await fulfilled(this.#client, { ...asked, args }, { withinMs: WITHIN_MS });
    if (!answer.defined) throw new Error(`${name}: ${JSON.stringify(answer)}`);
  }

  /** Returns when the last of them was paused, in milliseconds since the epoch. */
  async pauseAll(): Promise<number> {
    for (const name of this.#names)
      await fulfilled(
        this.#client,
        { workflowId: scheduleWorkflowId(name), wish: pauseSchedule, args: [{ note: 'the storm is over' }] },
        { withinMs: WITHIN_MS },
      );
    return Date.now();
  }

  /** Waits until every occurrence is over and each due time has its line; gives what is there then. */
  async untilOver(
    untilMs: number,
    withinMs: number,
    note: (text: string) => void,
  ): Promise<{ seen: SeenSchedule[]; tasks: SeenTask[] }> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const seen = await Promise.all(this.#names.map((name) => this.#look(name, untilMs)));
      const open = seen.flatMap(({ history }) => history.filter(({ ended }) => ended === undefined));
      const missing = seen.flatMap(({ dueMs, history }) => {
        const known = new Set(history.map(({ plannedMs }) => plannedMs));
        return dueMs.filter((due) => !known.has(due));
      });
      const left = await this.#openWorkflows();
      if ((open.length === 0 && missing.length === 0 && left === 0) || Date.now() > deadline)
        return { seen, tasks: await this.#tasks() };
      note(`${open.length} lines are open, ${missing.length} are missing, ${left} occurrences are open`);
      await sleep(LOOK_MS);
    }
  }

  async #openWorkflows(): Promise<number> {
    const query = "WorkflowType = 'scheduledRun' AND ExecutionStatus = 'Running'";
    return (await this.#client.workflow.count(query)).count;
  }

  async #look(name: string, untilMs: number): Promise<SeenSchedule> {
    const { history, memo } = await this.#client.workflow
      .getHandle(scheduleWorkflowId(name))
      .query(scheduleStatus);
    // Within the second of the pause either is right.
    const pausedMs = (memo.schedule.pause?.atMs ?? untilMs) - 1_000;
    return { name, dueMs: await this.#due(name, pausedMs), history: [...history] as Occurrence[] };
  }

  async #due(name: string, untilMs: number): Promise<number[]> {
    const { startTime } = await this.#client.workflowService.listScheduleMatchingTimes({
      namespace: this.#client.options.namespace,
      scheduleId: name,
      startTime: msToTs(this.#sinceMs),
      endTime: msToTs(untilMs),
    });
    return (startTime ?? []).map(({ seconds }) => Number(seconds) * 1_000);
  }

  async #tasks(): Promise<SeenTask[]> {
    const rows = await listAllTasks(this.#tinytask);
    return await Promise.all(
      rows.map(async ({ id, title, tags, status, archived_at }) => {
        const { comments } = await getTask(this.#tinytask, id);
        const attempts = comments.filter(({ content }) => /attempt/i.test(content)).length;
        return { id, title, tags, status, archivedAt: archived_at, attempts };
      }),
    );
  }

  figures(seen: readonly SeenSchedule[], tasks: readonly SeenTask[]): string {
    const lines = seen.flatMap(({ history }) => history);
    const ends: Record<string, number> = {};
    for (const { ended } of lines) {
      const what = ended?.end === 'left-out' ? `left out: ${ended.because.why}` : (ended?.end ?? 'open');
      ends[what] = (ends[what] ?? 0) + 1;
    }
    const due = seen.reduce((sum, { dueMs }) => sum + dueMs.length, 0);
    return `${due} times were due, ${lines.length} lines ${JSON.stringify(ends)}, ${tasks.length} tasks`;
  }
}
