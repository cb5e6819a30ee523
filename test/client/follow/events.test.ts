import { expect, test } from 'vitest';
import { Events, type SchedulerEvent } from '../../../client/follow/events.ts';
import type { TinyTaskFailure } from '../../../contract/errors.ts';
import type { Look } from '../../../contract/listings.ts';
import type { AllSchedules, ScheduleNow } from '../../../contract/schedule.ts';
import { schedulerError } from '../../../words/errors.ts';
import { agentOf, lookOf, openTaskOf } from '../../support/api-stand.ts';

const NO_SCHEDULES: AllSchedules = { atMs: 0, schedules: [], more: false };

function eventsOver(look: () => Look, all: () => AllSchedules = () => NO_SCHEDULES) {
  let looks = 0;
  const closing = new AbortController();
  const scheduler = {
    async look() {
      looks += 1;
      return look();
    },
    schedules: { all: async () => all() },
  };
  return { events: new Events(scheduler, closing.signal), looks: () => looks, close: () => closing.abort() };
}

type Following = AsyncGenerator<SchedulerEvent, void, undefined>;

async function take(following: Following, count: number): Promise<SchedulerEvent[]> {
  const taken: SchedulerEvent[] = [];
  while (taken.length < count) {
    const { value } = await following.next();
    if (value === undefined) break;
    taken.push(value);
  }
  return taken;
}
const names = (events: SchedulerEvent[]) => events.map(({ event }) => event);

test('a snapshot, then changes as facts; who comes back goes on, and a stranger gets a snapshot', async () => {
  let tasks = [openTaskOf(1), openTaskOf(2)];
  let agents = [agentOf('ada'), agentOf('bob')];
  const { events } = eventsOver(() => lookOf({ tasks, status: { agents, paused: tasks.length === 3 } }));
  const following = events.follow();
  const [snapshot] = await take(following, 1);
  expect(snapshot).toMatchObject({ event: 'snapshot', look: { tasks: [{ taskId: 1 }, { taskId: 2 }] } });
  tasks = [openTaskOf(2, { phase: 'parked' }), openTaskOf(3), openTaskOf(4)];
  agents = [agentOf('ada', { paused: true })];
  const told = await take(following, 7);
  expect(told).toMatchObject([
    { event: 'scheduler', scheduler: { scheduler: 'running', paused: true, problems: [] } },
    { event: 'agent', agent: { name: 'ada', paused: true } },
    ...[2, 3, 4].map((taskId) => ({ event: 'task', task: { taskId } })),
    { event: 'agent-gone', name: 'bob' },
    { event: 'task-gone', taskId: 1 },
  ]);
  await following.return();

  const again = events.follow({ after: told[3]?.id ?? '' });
  expect((await take(again, 3)).map(({ id }) => id)).toEqual(told.slice(4).map(({ id }) => id));
  for (const after of ['00000000-1', 'x', '', `${told[0]?.id}999`])
    expect(names(await take(events.follow({ after }), 1))).toEqual(['snapshot']);
});

test('what does not answer is an event, and what changed meanwhile is told', async () => {
  let isDown = true;
  let tasks = [openTaskOf(1)];
  const { events } = eventsOver(() => {
    if (isDown) throw schedulerError({ code: 'temporal-unreachable', address: 'a', named: true, text: 'x' });
    return lookOf({ tasks });
  });
  const following = events.follow();
  expect(await take(following, 1)).toMatchObject([
    { event: 'connection', ok: false, code: 'temporal-unreachable' },
  ]);
  isDown = false;
  expect(names(await take(following, 1))).toEqual(['snapshot']);
  isDown = true;
  expect(await take(following, 1)).toMatchObject([{ event: 'connection', ok: false }]);
  isDown = false;
  tasks = [];
  expect(await take(following, 2)).toMatchObject([
    { event: 'task-gone', taskId: 1 },
    { event: 'connection', ok: true, code: null },
  ]);
});

test('that TinyTask does not answer is an event, and with its tasks comes a snapshot', async () => {
  let isDown = false;
  const failure = { code: 'tinytask-timeout', tool: 'list', withinMs: 1 } as unknown as TinyTaskFailure;
  const { events } = eventsOver(() =>
    isDown
      ? lookOf({ tasks: null, status: { problems: [{ what: 'failed', failure }] } })
      : lookOf({ tasks: [openTaskOf(1)] }),
  );
  const following = events.follow();
  await take(following, 1);
  isDown = true;
  const told = await take(following, 2);
  expect(names(told)).toContain('scheduler');
  expect(told).toContainEqual(
    expect.objectContaining({ event: 'connection', ok: false, code: 'tinytask-timeout' }),
  );
  const late = events.follow();
  expect(await take(late, 2)).toMatchObject([
    { event: 'snapshot', look: { tasks: null } },
    { event: 'connection', ok: false },
  ]);
  isDown = false;
  for (const each of [following, late])
    expect(await take(each, 2)).toMatchObject([
      { event: 'snapshot', look: { tasks: [{ taskId: 1 }] } },
      { event: 'connection', ok: true, code: null },
    ]);
});

test('looks are shared by all who follow, and there are none while nobody reads', async () => {
  let priority = 0;
  const { events, looks } = eventsOver(() => {
    priority += 1;
    return lookOf({ tasks: [openTaskOf(1, { priority })] });
  });
  const following = Array.from({ length: 20 }, () => events.follow());
  const told = await Promise.all(following.map((each) => take(each, 2)));
  expect(told.map(names)).toEqual(following.map(() => ['snapshot', 'task']));
  expect(looks()).toBe(2);
  await new Promise((done) => setTimeout(done, 1_300));
  expect(looks()).toBe(2);
});

test('it ends by the signal of whoever follows, with its reason, and by closing, without one', async () => {
  const { events, close } = eventsOver(() => lookOf());
  const stop = new AbortController();
  const one = events.follow({ signal: stop.signal });
  const other = events.follow();
  await Promise.all([one.next(), other.next()]);
  const next = [one.next(), other.next()] as const;
  stop.abort(new Error('enough'));
  await expect(next[0]).rejects.toThrow('enough');
  close();
  expect(await next[1]).toEqual({ value: undefined, done: true });
});

test('a defect of ours is thrown', async () => {
  const { events } = eventsOver(() => {
    throw new TypeError('a defect');
  });
  await expect(events.follow().next()).rejects.toThrow('a defect');
});

test('schedules are told of as facts, and what cannot be read takes nothing away', async () => {
  const { events } = eventsOver(
    () => lookOf(),
    () => {
      throw schedulerError({ code: 'temporal-failed', text: 'no visibility' });
    },
  );
  expect(await take(events.follow(), 1)).toMatchObject([{ event: 'snapshot', schedules: null }]);

  const nightly: ScheduleNow = {
    ...{ name: 'nightly', state: 'active', version: 1, timing: { kind: 'cron', cron: '0 2 * * *' } },
    ...{ timeZone: 'UTC', nextMs: null, last: null, running: 0, problems: [] },
  };
  const other = eventsOver(
    () => lookOf(),
    () => ({ ...NO_SCHEDULES, schedules: [nightly] }),
  );
  const following = other.events.follow();
  const [first] = await take(following, 1);
  // They may have been read before the first look, or after it.
  if (first?.event === 'snapshot' && first.schedules !== null)
    expect(first.schedules.schedules).toEqual([nightly]);
  else expect(await take(following, 1)).toMatchObject([{ event: 'schedule', schedule: nightly }]);
});
