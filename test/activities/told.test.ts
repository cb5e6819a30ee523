import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import type { SchedulerEvent } from '../../activities/events.ts';
import { toldOccurrences, toldSchedules } from '../../activities/told.ts';
import type { EnterInput, OccurrenceActivities, ScheduleActivities } from '../../contract/activities.ts';
import type { Begun, NotBegun, TaskLook, WaitsFor } from '../../contract/occurrence.ts';
import { MADE_AT } from '../support/tasks.ts';

const occurrence = 'occurrence-nightly-2026-11-26T02:00:00Z';
const of = { schedule: 'nightly', occurrence };
const task = { id: 42, createdAt: MADE_AT };
const begun = { number: 7, version: 2, definition: { name: 'nightly' } } as unknown as Begun;
const look: TaskLook = {
  ...{ state: 'complete', verdict: null, attempts: 1, tokens: null, log: null, agent: null },
};

/** What is told when these answer, and what they answer with. */
async function told<Answer>(
  played: Partial<OccurrenceActivities & ScheduleActivities>,
  call: (activities: OccurrenceActivities & ScheduleActivities) => Promise<Answer>,
) {
  const events: SchedulerEvent[] = [];
  const tell = (event: SchedulerEvent) => void events.push(event);
  const all = played as OccurrenceActivities & ScheduleActivities;
  const { keepSchedule } = toldSchedules(all, tell);
  const activities = { ...toldOccurrences(all, tell), keepSchedule } as typeof all;
  const env = new MockActivityEnvironment({ workflowExecution: { workflowId: occurrence, runId: 'r' } });
  const answer = (await env.run(() => call(activities))) as Answer;
  return { events, answer };
}

const asked: EnterInput = {
  ...{ schedule: 'nightly', workflowId: occurrence, runId: 'r', plannedMs: 1, jobKey: 'nightly' },
  ...{ maxPerJob: null, maxGlobal: null, overlap: 'skip', priority: 0, force: false, asking: 'a' },
};

test('that it begins, once, and that it is left out', async () => {
  const askAdmission = async () => undefined;
  const began = { trigger: 'plan', number: 7, version: 2 } as const;
  const first = await told({ askAdmission }, (all) => all.askAdmission({ ...asked, began }));
  expect(first.events).toEqual([
    { what: 'occurrence-began', ...of, plannedMs: 1, trigger: 'plan', number: 7, version: 2 },
  ]);
  expect((await told({ askAdmission }, (all) => all.askAdmission(asked))).events).toEqual([]);
  const not: NotBegun = { why: 'paused' };
  const { schedule } = of;
  const left = await told({}, (all) =>
    all.noteLeftOut({ schedule, workflowId: occurrence, plannedMs: 1, because: not }),
  );
  expect(left.events).toEqual([{ what: 'occurrence-left-out', ...of, plannedMs: 1, because: not }]);
});

test('that it waits, and nothing of what is in the way of one that is left out', async () => {
  const waits: WaitsFor = { for: 'overlap', with: ['x'] };
  const lookInTheWay = async () => ({ closed: 0 });
  const about = { schedule: of.schedule, workflowId: occurrence, ids: ['x'] };
  expect((await told({ lookInTheWay }, (all) => all.lookInTheWay({ ...about, waits }))).events).toEqual([
    { what: 'occurrence-waits', ...of, waits },
  ]);
  expect((await told({ lookInTheWay }, (all) => all.lookInTheWay(about))).events).toEqual([]);
});

test('its task, and what became of that', async () => {
  const create = { occurrence, begun, plannedMs: 1, mayBeThere: false };
  const made = await told({ createTask: async () => task }, (all) => all.createTask(create));
  expect(made.events).toEqual([{ what: 'occurrence-task', ...of, taskId: 42 }]);

  const over = { what: 'occurrence-over', occurrence, taskId: 42 };
  const looked = await told({ lookAtTaskOfOccurrence: async () => look }, (all) =>
    all.lookAtTaskOfOccurrence({ task }),
  );
  expect(looked.events).toEqual([{ ...over, look: { state: 'complete', attempts: 1 }, calledOff: false }]);
  const open = await told({ lookAtTaskOfOccurrence: async () => ({ ...look, state: 'open' }) }, (all) =>
    all.lookAtTaskOfOccurrence({ task }),
  );
  expect(open.events).toEqual([]);
  const off = await told({ callOff: async () => ({ ...look, state: 'gone', reason: 'no' }) }, (all) =>
    all.callOff({ task, why: 'no' }),
  );
  expect(off.events).toEqual([
    { ...over, look: { state: 'gone', attempts: 1, reason: 'no' }, calledOff: true },
  ]);
});

test('that the server has it, or refuses it', async () => {
  const kept = await told({ keepSchedule: async () => ({ nextMs: [1], changed: true }) }, (all) =>
    all.keepSchedule({ name: 'nightly', wanted: 'absent' }),
  );
  expect(kept.answer).toEqual({ nextMs: [1], changed: true });
  expect(kept.events).toEqual([
    { what: 'schedule-kept', schedule: 'nightly', wanted: 'absent', nextMs: [1] },
  ]);
  const refused = await told({ keepSchedule: async () => ({ nextMs: [], refused: 'no' }) }, (all) =>
    all.keepSchedule({ name: 'nightly', wanted: { definition: begun.definition, paused: true } }),
  );
  expect(refused.answer).toEqual({ nextMs: [], refused: 'no' });
  expect(refused.events).toMatchObject([{ wanted: 'paused', refused: 'no' }]);
});

test('what fails tells nothing', async () => {
  const askAdmission = () => Promise.reject(new Error('down'));
  const began = { trigger: 'plan', number: 7, version: 2 } as const;
  await expect(told({ askAdmission }, (all) => all.askAdmission({ ...asked, began }))).rejects.toThrow(
    'down',
  );
});
