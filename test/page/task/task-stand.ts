import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pieceOf } from '../../../client/log-piece.ts';
import { matchesIn } from '../../../client/log-search.ts';
import type { SchedulerClient } from '../../../client/scheduler-client.ts';
import type { Attempt } from '../../../contract/attempts.ts';
import type { OpenTask } from '../../../contract/listings.ts';
import type { RunLine } from '../../../contract/status.ts';
import { schedulerError } from '../../../words/errors.ts';
import { ATTEMPT, lookOf, openTaskOf } from '../../support/api-stand.ts';
import { HOSTILE } from '../../support/hostile-texts.ts';
import { type PageStand, pageStand } from '../../support/page-stand.ts';
import { taskOf } from '../../support/tasks.ts';

export const NOW = Date.now();
const MINUTE = 60_000;

/** Attempts at task 42: two that failed, and one that runs. */
export const ATTEMPTS: Attempt[] = [
  {
    ...{
      ...ATTEMPT,
      taskId: 42,
      number: 1,
      runId: 'run-1',
      claimed: true,
      log: 'a',
      turns: 9,
      tokens: 18_200,
    },
    ...{ sentAtMs: NOW - 3_000 * MINUTE, startedAtMs: NOW - 2_999 * MINUTE, endedAtMs: NOW - 2_970 * MINUTE },
    ...{ seconds: 1_740, verdict: { kind: 'agent-failed', reason: 'goose ended with 1: no such file' } },
  },
  {
    ...{
      ...ATTEMPT,
      taskId: 42,
      number: 2,
      runId: 'run-1',
      claimed: true,
      log: 'a',
      turns: null,
      tokens: null,
    },
    ...{ sentAtMs: NOW - 2_960 * MINUTE, startedAtMs: NOW - 2_960 * MINUTE, endedAtMs: NOW - 2_900 * MINUTE },
    ...{ seconds: 3_600, verdict: { kind: 'timed-out', reason: 'it ran for an hour' } },
  },
  {
    ...{ ...ATTEMPT, taskId: 42, number: 3, runId: 'run-2', state: 'under-way', claimed: true, log: 'a' },
    ...{ sentAtMs: NOW - 20 * MINUTE, startedAtMs: NOW - 19 * MINUTE, endedAtMs: null, seconds: null },
    ...{ turns: null, tokens: null },
  },
];

const runOf = (taskId: number, phase: 'running' | 'parked'): RunLine => ({
  ...{ taskId, queue: 'dev', whose: null, agent: 'ada', phase, state: phase, attempt: 3 },
  ...{
    sinceMs: NOW - 19 * MINUTE,
    ...(phase === 'parked' && { cause: 'three attempts failed: no such file' }),
  },
});

export function manyTasks(count: number): OpenTask[] {
  return Array.from({ length: count }, (_, at) => {
    const id = at + 1;
    if (id === 42) {
      const run = runOf(42, 'running');
      return openTaskOf(42, {
        title: 'Mend the login of the shop',
        phase: 'running',
        agent: 'ada',
        run,
        waits: null,
      });
    }
    const [name = '', text = ''] = Object.entries(HOSTILE)[id] ?? [];
    if (text) return openTaskOf(id, { title: `${name}: ${text}`, priority: id % 3 });
    if (id % 50 === 0) {
      const run = runOf(id, 'parked');
      return openTaskOf(id, { phase: 'parked', agent: 'ada', run, waits: null });
    }
    return openTaskOf(id, {
      ...{ title: `Write chapter ${id}`, queue: id % 2 ? 'dev' : 'qa', pool: id % 2 ? 'dev' : 'qa' },
      ...(id % 7 === 0 && { phase: 'blocked' as const, blockedBy: [42] }),
    });
  });
}

export interface TaskStand extends PageStand {
  /** The log of each attempt. */
  write(text: string | Buffer): void;
  logPath: string;
  /** What was done, in words. */
  done: string[];
  /** Another attempt at task 42 begins. */
  begin(): void;
  /** Ids that a retry of many fails for. */
  stubborn: Set<number>;
  end(): Promise<void>;
}

/** The page over tasks of many kinds, of which 42 runs, and over a log that is a real file. */
export async function taskStand(count = 60, change: Partial<SchedulerClient> = {}): Promise<TaskStand> {
  const dir = mkdtempSync(join(tmpdir(), 'task-view-'));
  const logPath = join(dir, 'log');
  writeFileSync(logPath, 'hello\n');
  const done: string[] = [];
  let attempts = ATTEMPTS;
  const stubborn = new Set<number>();
  const tasks = manyTasks(count);
  const attemptOf = (number = 3) => ATTEMPTS.find((each) => each.number === number) ?? ATTEMPT;
  const known = (id: number) => {
    if (id > count && id !== 9_000) throw schedulerError({ code: 'no-such-task', taskId: id });
  };
  const stand = await pageStand({
    look: async () => lookOf({ tasks }),
    async task(id) {
      known(id);
      const about = id === 9_000 ? ({ status: 'complete' } as const) : {};
      const comments = ['I begin with the tests.', `See \u202ethat\u001b[31m ${'long '.repeat(200)}`];
      return {
        ...taskOf(id, {
          ...{
            title: tasks[id - 1]?.title ?? `task ${id}`,
            description: 'Customers cannot log in.\n\nSince Monday.',
          },
          ...{ queue: 'dev', assignedTo: 'ada', parentTaskId: 7, tags: ['shop', 'recipe:careful'], ...about },
          ...{
            createdAt: new Date(NOW - 4_000 * MINUTE).toISOString(),
            updatedAt: new Date(NOW).toISOString(),
          },
        }),
        comments: comments.map((content, at) => {
          const createdAt = new Date(NOW - (60 - at) * MINUTE).toISOString();
          return { id: at + 1, taskId: id, content, createdBy: 'a\u202e\u0007da', createdAt };
        }),
      };
    },
    attempts: async (id) => (id === 42 ? attempts : []),
    async explain(id) {
      known(id);
      return explained(id);
    },
    async log(_, asked) {
      const file = await open(logPath);
      try {
        const attempt = attemptOf(asked.attempt);
        return { attempt, isOver: attempt.endedAtMs !== null, ...(await pieceOf(file, asked)) };
      } finally {
        await file.close();
      }
    },
    async searchLog(_, asked) {
      const file = await open(logPath);
      try {
        return { attempt: attemptOf(asked.attempt), isOver: false, ...(await matchesIn(file, asked)) };
      } finally {
        await file.close();
      }
    },
    async cancel(id) {
      done.push(`cancel ${id}`);
      return { taskId: id, did: 'cancelled', agent: 'ada', phase: 'running' } as never;
    },
    async retryEach(ids) {
      done.push(`retry ${ids.join(' ')}`);
      return ids.map((taskId) =>
        stubborn.has(taskId)
          ? { taskId, failure: { code: 'no-such-task', taskId } }
          : { taskId, done: { taskId, did: 'put-first' } },
      );
    },
    async add({ title, tags = [] }) {
      done.push(`add ${title} ${tags.filter((tag) => !tag.startsWith('request:')).join(' ')}`);
      return taskOf(41, { title });
    },
    ...change,
  });
  return {
    ...{ ...stand, done, stubborn, logPath },
    begin() {
      attempts = [...ATTEMPTS, { ...(ATTEMPTS[2] ?? ATTEMPT), number: 4 }];
    },
    write: (text) => writeFileSync(logPath, text),
    async end() {
      await stand.end();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function explained(id: number): Awaited<ReturnType<SchedulerClient['explain']>> {
  return {
    ...{ scheduler: 'running', exists: true, paused: false, enabled: true, daemon: '1@here' },
    task: { id, title: 't', status: 'idle', assignedTo: null, queue: 'dev', archived: false },
    ...{ run: null, told: null, waits: { reason: { why: 'slot-due' } } },
    reasons: [{ why: 'slot-due' }],
    hangsOn: [
      { taskId: 7, as: 'blocker', title: 'Set the tests up', reasons: [], run: null, told: null, on: [] },
    ],
    ...{ hangsOnMore: 0, place: { place: 3, before: [4, 5], holders: [42], holdersTotal: 1 }, change: null },
    ...{ attempts: [], attemptsTotal: 0, problems: [] },
  };
}
