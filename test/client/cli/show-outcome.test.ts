import { expect, test } from 'vitest';
import { outcomeJson } from '../../../client/json/outcome.ts';
import { isWell, type TaskOutcome } from '../../../contract/status.ts';
import { sayTaskOutcome } from '../../../words/task-outcome.ts';

const COMPLETED = { kind: 'completed', reason: 'the model gave its final answer' } as const;
const FAILED = { kind: 'agent-failed', reason: 'goose ended in the middle' } as const;
const MISCONFIGURED = { kind: 'misconfigured', reason: 'there is no recipe' } as const;

function outcome(change: Partial<TaskOutcome>): TaskOutcome {
  return {
    ...{ taskId: 7, agent: 'vaela', runId: 'r', state: 'ended', end: null, verdict: null, outcome: null },
    ...{ attempts: 1, log: 'task_7.log', tookMs: 4_200 },
    ...change,
  };
}

test.each<[change: Partial<TaskOutcome>, well: boolean, says: string]>([
  [
    { end: 'complete', verdict: COMPLETED, outcome: { task: 'complete', by: 'us' } },
    true,
    'task 7 ended on vaela: completed, the model gave its final answer; set to complete; attempt 1; 4 s; log task_7.log',
  ],
  [
    { end: 'complete', verdict: FAILED, outcome: { task: 'complete', by: 'agent' } },
    true,
    'task 7 ended on vaela: agent-failed, goose ended in the middle; was complete already; attempt 1; 4 s; log task_7.log',
  ],
  [
    { end: 'handed-off', verdict: COMPLETED, outcome: { task: 'handed-off', to: 'oscar' } },
    true,
    "task 7 ended on vaela: completed, the model gave its final answer; it is oscar's now, nothing written; attempt 1; 4 s; log task_7.log",
  ],
  [
    {
      end: 'not-done',
      verdict: COMPLETED,
      outcome: { task: 'not-done', reason: 'it has open subtasks (8)' },
    },
    true,
    'task 7 ended on vaela: completed, the model gave its final answer; set back to idle, since it has open subtasks (8); attempt 1; 4 s; log task_7.log',
  ],
  [
    { end: 'put-back', verdict: MISCONFIGURED, outcome: { task: 'put-back' } },
    false,
    'task 7 ended on vaela: misconfigured, there is no recipe; was set back to idle by its agent or a person, nothing written; attempt 1; 4 s; log task_7.log',
  ],
  [
    { end: 'untouched', verdict: MISCONFIGURED, outcome: { task: 'untouched' }, log: null },
    false,
    'task 7 ended on vaela: misconfigured, there is no recipe; nothing written; attempt 1; 4 s',
  ],
  [
    { end: 'gone', verdict: null, outcome: null, log: null, attempts: 0 },
    true,
    'task 7 ended on vaela: no attempt was made; gone; 4 s',
  ],
  [
    { end: 'left-line', agent: null, log: null, attempts: 0 },
    true,
    'task 7 ended: left the line before it started; it is planned anew; 4 s',
  ],
  [
    { end: 'left-line', log: null, attempts: 0 },
    true,
    'task 7 ended on vaela: left the line before it started; it is planned anew; 4 s',
  ],
  [
    { state: 'waiting', agent: null, log: null, attempts: 0 },
    false,
    'task 7 waits for a slot: not waited for any longer; it goes on where a worker is; 4 s',
  ],
  [
    { state: 'parked', verdict: FAILED, attempts: 3 },
    false,
    'task 7 was parked on vaela: agent-failed, goose ended in the middle; it runs again after `tinyscheduler retry 7`; attempt 3; 4 s; log task_7.log',
  ],
  [
    { state: 'lost', log: null },
    false,
    'task 7 was lost on vaela: its run was ended from outside; the task is taken back, and runs again; attempt 1; 4 s',
  ],
  [
    { state: 'backing-off', log: null },
    false,
    'task 7 backs off on vaela: not waited for any longer; it goes on where a worker is; attempt 1; 4 s',
  ],
  [
    { state: 'running', log: null },
    false,
    'task 7 is still running on vaela: not waited for any longer; it goes on where a worker is; attempt 1; 4 s',
  ],
])('%j', (change, well, says) => {
  expect(sayTaskOutcome(outcome(change))).toBe(says);
  expect(isWell(outcome(change))).toBe(well);
  expect(outcomeJson(outcome(change))).toMatchObject({ task_id: 7, well, says, seconds: 4.2 });
});
