import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Hub } from '../../api/events/hub.ts';
import type { Listener } from '../../api/events/listener.ts';
import { asTold } from '../../api/events/told.ts';
import { SharedLook } from '../../api/link/shared-look.ts';
import { Backlog } from '../../client/follow/backlog.ts';
import type { Look } from '../../contract/listings.ts';
import type { AllSchedules, ScheduleNow } from '../../contract/schedule.ts';
import type { AgentStatus } from '../../contract/status.ts';
import { schedulerError } from '../../words/errors.ts';
import { agentOf, lookOf, openTaskOf } from '../support/api-stand.ts';

/** Shorter than it is, so that the tests are. */
const LOOK_MS = 50;
const hubs: Hub[] = [];
afterEach(() => {
  for (const hub of hubs.splice(0)) hub.close();
});

function hubOver(
  look: () => Look,
  times?: ConstructorParameters<typeof Hub>[2],
  schedules?: ConstructorParameters<typeof Hub>[1],
): { hub: Hub; looks: () => number } {
  let looks = 0;
  const hub = new Hub(
    new SharedLook(async () => {
      looks += 1;
      return look();
    }),
    schedules,
    { lookMs: LOOK_MS, ...times },
  );
  hubs.push(hub);
  return { hub, looks: () => looks };
}

interface Event {
  id: string;
  event: string;
  data: { tasks?: unknown[]; task_id?: number; ok?: boolean; code?: string };
}

/** Reads a stream as a browser does. */
class Reader {
  readonly events: Event[] = [];
  readonly done: Promise<void>;

  constructor(listener: Listener) {
    this.done = this.#read(listener);
  }

  async #read({ stream }: Listener): Promise<void> {
    let rest = '';
    for await (const bytes of stream) {
      const parts = `${rest}${Buffer.from(bytes).toString()}`.split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1];
        const event = field('event');
        if (event !== undefined)
          this.events.push({ id: field('id') ?? '', event, data: JSON.parse(field('data') ?? '') });
      }
    }
  }

  get names(): string[] {
    return this.events.map(({ event }) => event);
  }
}

const stays = async () => true;
const until = (what: () => void) => vi.waitFor(what, { timeout: 60_000, interval: 20 });

test('a snapshot, then what changes', async () => {
  let tasks = [openTaskOf(1), openTaskOf(2)];
  const { hub } = hubOver(() => lookOf({ tasks }));
  const reader = new Reader(hub.open(null, stays));
  await until(() => expect(reader.names).toEqual(['snapshot']));
  tasks = [openTaskOf(2, { phase: 'parked' }), openTaskOf(3)];
  await until(() => expect(reader.names).toEqual(['snapshot', 'task', 'task', 'task-gone']));
  expect(reader.events.map(({ data }) => data.task_id)).toEqual([undefined, 2, 3, 1]);
  expect(new Set(reader.events.map(({ id }) => id)).size).toBe(4);
});

test('an agent is told of as a snapshot has it, so that nothing of what it was stays', async () => {
  const day = { day: '2026-11-26', endsMs: Date.now() + 60_000, unknown: 0, unknownAttempts: 0, reserved: 0 };
  const spent = (used: number) => ({
    budget: { tokensPerDay: 9, timeZone: 'UTC', today: { ...day, unreserved: 0, used } },
  });
  const health = { state: 'cooling-down', reason: 'quota', untilMs: 0, times: 1 } as const;
  let agents = [agentOf('ada', { ...spent(1), health })];
  const { hub } = hubOver(() => lookOf({ status: { agents } }));
  const reader = new Reader(hub.open(null, stays));
  await until(() => expect(reader.names).toEqual(['snapshot']));
  const next = async (agent: AgentStatus) => {
    agents = [agent];
    const { length } = reader.events;
    await until(() => expect(reader.names.slice(length)).toEqual(['agent']));
    const whole = new Reader(hub.open(null, stays));
    await until(() => expect(whole.names).toEqual(['snapshot']));
    const data = whole.events[0]?.data as unknown as { state: { agents: object[] } };
    expect(reader.events.at(-1)?.data).toMatchObject(data.state.agents[0] as object);
    return reader.events.at(-1)?.data;
  };
  expect(await next(agentOf('ada', { ...spent(9), health }))).toMatchObject({
    ...{ reason: 'quota', budget: { today: { used_up: true } } },
  });
  expect(await next(agentOf('ada'))).not.toHaveProperty('budget');
});

test('whoever comes back gets what was told meanwhile, and a stranger a snapshot', async () => {
  let tasks = [openTaskOf(1)];
  const { hub } = hubOver(() => lookOf({ tasks }));
  const first = hub.open(null, stays);
  const before = new Reader(first);
  await until(() => expect(before.events).toHaveLength(1));
  first.end();
  tasks = [openTaskOf(1), openTaskOf(2)];
  const again = new Reader(hub.open(before.events[0]?.id ?? '', stays));
  await until(() => expect(again.names).toEqual(['task']));
  for (const id of ['00000000-1', 'x', '', `${before.events[0]?.id}9999`]) {
    const stranger = new Reader(hub.open(id, stays));
    await until(() => expect([id, ...stranger.names]).toEqual([id, 'snapshot']));
  }
});

test('whoever comes back when nothing is kept any more begins anew, also with the very last id', async () => {
  let tasks = [openTaskOf(1)];
  const { hub } = hubOver(() => lookOf({ tasks }), { keptMs: 50 });
  const first = hub.open(null, stays);
  const before = new Reader(first);
  await until(() => expect(before.names).toEqual(['snapshot']));
  first.end();
  // The look that is under way when it goes ends soon.
  await sleep(6 * LOOK_MS);
  tasks = [openTaskOf(2)];
  const again = new Reader(hub.open(before.events[0]?.id ?? '', stays));
  await until(() => expect(again.names).toEqual(['snapshot']));
  expect(again.events[0]?.data.tasks).toMatchObject([{ task_id: 2 }]);
});

test('a heartbeat, with which a stream ends when whoever opened it may stay no more', async () => {
  let may = true;
  let asked = 0;
  const { hub } = hubOver(() => lookOf(), { heartbeatMs: 20 });
  const mayStay = async () => {
    asked += 1;
    return may;
  };
  const { stream } = hub.open(null, mayStay);
  const refused = new Reader(hub.open(null, () => Promise.reject(new Error('revoked'))));
  let text = '';
  const reading = (async () => {
    for await (const bytes of stream) text += Buffer.from(bytes).toString();
  })();
  await until(() => expect(text.split(': heartbeat\n\n').length).toBeGreaterThan(3));
  await refused.done;
  expect(hub.listeners).toBe(1);
  may = false;
  await reading;
  expect([hub.listeners, asked > 3]).toEqual([0, true]);
});

test('a snapshot larger than what may wait reaches who reads, and later who does not yet', async () => {
  let enabled = true;
  const problems = [{ what: 'last-pass', text: 'x'.repeat(3_000_000) }] as const;
  const { hub } = hubOver(() => lookOf({ status: { problems: [...problems], enabled } }));
  const silent = hub.open(null, stays);
  const reader = new Reader(hub.open(null, stays));
  await until(() => expect(reader.names).toEqual(['snapshot']));
  expect(hub.listeners).toBe(2);
  enabled = false;
  await until(() => expect(reader.names).toEqual(['snapshot', 'scheduler']));
  // It has what it was given to read; who reads nothing for long is dropped where more is told than is kept.
  expect(hub.listeners).toBe(2);
  const late = new Reader(silent);
  await until(() => expect(late.names).toEqual(['snapshot', 'scheduler']));
});

test('a burst larger than what may wait reaches who reads, also who comes back to it', async () => {
  let round = 0;
  const title = 'x'.repeat(900);
  const { hub } = hubOver(() => {
    round += 1;
    const priority = Math.min(round, 3);
    return lookOf({ tasks: Array.from({ length: 950 }, (_, at) => openTaskOf(at + 1, { title, priority })) });
  });
  const first = hub.open(null, stays);
  const reader = new Reader(first);
  await until(() => expect(reader.names.filter((name) => name === 'task')).toHaveLength(1_900));
  const again = new Reader(hub.open(reader.events[0]?.id ?? '', stays));
  await until(() =>
    expect(again.events.map(({ id }) => id)).toEqual(reader.events.slice(1).map(({ id }) => id)),
  );
});

test('what cannot be told ends its stream, and the hub goes on', async () => {
  let isBroken = true;
  const { hub } = hubOver(() => {
    const look = lookOf();
    return isBroken ? ({ ...look, status: { ...look.status, waiting: null } } as unknown as Look) : look;
  });
  const first = new Reader(hub.open(null, stays));
  await first.done;
  await sleep(6 * LOOK_MS);
  isBroken = false;
  const second = new Reader(hub.open(null, stays));
  await until(() => expect(second.names.at(-1)).toBe('snapshot'));
});

test('a hundred clients cause no more looks than one, and none when they have gone', async () => {
  const { hub, looks } = hubOver(() => lookOf());
  const listeners = Array.from({ length: 100 }, () => hub.open(null, stays));
  const readers = listeners.map((listener) => new Reader(listener));
  await until(() => expect(readers.every(({ events }) => events.length === 1)).toBe(true));
  expect(looks()).toBeLessThanOrEqual(2);
  for (const listener of listeners) listener.end();
  await Promise.all(readers.map(({ done }) => done));
  expect(hub.listeners).toBe(0);
  await sleep(6 * LOOK_MS);
  const then = looks();
  await sleep(6 * LOOK_MS);
  expect(looks()).toBe(then);
});

test('a client that does not read is dropped, holds no more than its bound, and keeps nobody else', async () => {
  let round = 0;
  // 900 changes of some 300 bytes with each look.
  const { hub } = hubOver(() => {
    round += 1;
    return lookOf({ tasks: Array.from({ length: 900 }, (_, at) => openTaskOf(at + 1, { priority: round })) });
  });
  const silent = hub.open(null, stays);
  const reader = new Reader(hub.open(null, stays));
  await until(() => expect(hub.listeners).toBe(1));
  const count = reader.events.length;
  await until(() => expect(reader.events.length).toBeGreaterThan(count));
  const left = await silent.stream.getReader().read();
  expect(left.done).toBe(true);
});

test('more changes than are worth telling are a snapshot', async () => {
  let priority = 0;
  const { hub } = hubOver(() =>
    lookOf({ tasks: Array.from({ length: 1_500 }, (_, at) => openTaskOf(at + 1, { priority })) }),
  );
  const reader = new Reader(hub.open(null, stays));
  await until(() => expect(reader.names).toEqual(['snapshot']));
  priority = 1;
  await until(() => expect(reader.names).toEqual(['snapshot', 'snapshot']));
  expect(reader.events[1]?.data.tasks).toHaveLength(500);
});

test('that Temporal does not answer is told once, and that it does again', async () => {
  let isDown = true;
  const { hub, looks } = hubOver(() => {
    if (isDown) throw schedulerError({ code: 'temporal-unreachable', address: 'a', named: true, text: 'x' });
    return lookOf();
  });
  const reader = new Reader(hub.open(null, stays));
  await until(() => expect(looks()).toBeGreaterThan(2));
  expect(reader.events).toMatchObject([
    { event: 'connection', data: { ok: false, code: 'temporal-unreachable' } },
  ]);
  isDown = false;
  await until(() => expect(reader.names).toEqual(['connection', 'snapshot']));
  isDown = true;
  await until(() => expect(reader.names).toEqual(['connection', 'snapshot', 'connection']));
  isDown = false;
  await until(() => expect(reader.names).toEqual(['connection', 'snapshot', 'connection', 'connection']));
  expect(reader.events.at(-1)?.data).toEqual({ ok: true, code: null });
});

test('there is a most of them', () => {
  const { hub } = hubOver(() => lookOf());
  for (let count = 0; count < 500; count += 1) hub.open(null, stays);
  expect(() => hub.open(null, stays)).toThrow('too-many-streams');
});

describe('what is kept for those who come back', () => {
  const told = (number: number) =>
    asTold(`00000000-${number}`, number, { event: 'task-gone', taskId: number });

  test('is bounded by number and by bytes, and what is not whole is none', () => {
    const few = new Backlog({ events: 3, size: 1_000 });
    for (let number = 1; number <= 5; number += 1) few.add(told(number));
    expect(few.after(2, 5)?.map(({ number }) => number)).toEqual([3, 4, 5]);
    expect(few.after(1, 5)).toBeUndefined();
    expect(few.after(5, 5)).toEqual([]);
    expect(few.after(6, 5)).toBeUndefined();
    const small = new Backlog({ events: 100, size: told(1).bytes.length * 2 });
    for (let number = 1; number <= 5; number += 1) small.add(told(number));
    expect(small.after(3, 5)).toHaveLength(2);
    expect(small.after(2, 5)).toBeUndefined();
  });
});

describe('schedules', () => {
  const scheduleOf = (name: string, change: Partial<ScheduleNow> = {}): ScheduleNow => ({
    ...{ name, state: 'active', version: 1, timing: { kind: 'cron', cron: '0 2 * * *' }, timeZone: 'UTC' },
    ...{ nextMs: 1_790_000_000_000, last: null, running: 0, problems: [] },
    ...change,
  });
  const allOf = (schedules: ScheduleNow[], more = false): AllSchedules => ({
    atMs: Date.now(),
    schedules,
    more,
  });

  function hubWith(all: () => Promise<AllSchedules>, schedulesMs = 20) {
    let reads = 0;
    const within = () => {
      reads += 1;
      return all();
    };
    return { ...hubOver(() => lookOf(), { schedulesMs }, { within }), reads: () => reads };
  }

  test('are in the snapshot and told of as they change, with what they say', async () => {
    let schedules = [scheduleOf('nightly'), scheduleOf('old')];
    const { hub } = hubWith(async () => allOf(schedules));
    const before = new Reader(hub.open(null, stays));
    await until(() => expect(before.names.filter((name) => name === 'schedule')).toHaveLength(2));
    schedules = [
      scheduleOf('nightly', {
        state: 'paused',
        nextMs: null,
        problems: [{ problem: 'missed', count: 2, newestMs: 1 }],
      }),
    ];
    await until(() => expect(before.names.slice(-2)).toEqual(['schedule', 'schedule-gone']));
    expect(before.events.at(-2)?.data).toMatchObject({
      ...{ name: 'nightly', state: 'paused', enabled: false, next: null, running: 0, last: null },
      ...{
        when: expect.stringContaining('02:00'),
        problems: [{ problem: 'missed', says: expect.stringContaining('nightly') }],
      },
    });
    expect(before.events.at(-1)?.data).toEqual({ name: 'old' });
    const stranger = new Reader(hub.open(null, stays));
    await until(() => expect(stranger.names).toEqual(['snapshot']));
    expect(stranger.events[0]?.data).toMatchObject({
      schedules: [{ name: 'nightly' }],
      state: { schedules: { total: 1, paused: 1, troubled: 1, next: null } },
    });
  });

  test('that cannot be read take no other event away, and are read again', async () => {
    let isBroken = true;
    const { hub } = hubWith(async () => {
      if (isBroken) throw new Error('no visibility');
      return allOf([scheduleOf('nightly')]);
    });
    const reader = new Reader(hub.open(null, stays));
    await until(() => expect(reader.names).toEqual(['snapshot']));
    expect(reader.events[0]?.data).toMatchObject({ schedules: null, state: { schedules: null } });
    isBroken = false;
    await until(() => expect(reader.names).toEqual(['snapshot', 'schedule']));
  });

  test('are read seldom, one reading at a time, and not while nobody listens', async () => {
    let end: () => void = () => undefined;
    const { hub, reads, looks } = hubWith(
      () =>
        new Promise((resolve) => {
          end = () => resolve(allOf([]));
        }),
      0,
    );
    const listener = hub.open(null, stays);
    new Reader(listener);
    await until(() => expect(looks()).toBeGreaterThan(3));
    expect(reads()).toBe(1);
    end();
    await until(() => expect(reads()).toBe(2));
    listener.end();
    const before = reads();
    await sleep(3 * LOOK_MS);
    end();
    await sleep(3 * LOOK_MS);
    expect(reads()).toBe(before);
  });

  test('beyond those that are read none is told to be gone; thousands of changes are one snapshot', async () => {
    let all = allOf([scheduleOf('a'), scheduleOf('b')], true);
    const { hub } = hubWith(async () => all);
    const reader = new Reader(hub.open(null, stays));
    await until(() => expect(reader.names).toContain('schedule'));
    const told = reader.names.length;
    all = allOf([scheduleOf('c')], true);
    await until(() => expect(reader.names.length).toBe(told + 1));
    expect(reader.names.at(-1)).toBe('schedule');
    all = allOf(Array.from({ length: 1_500 }, (_, at) => scheduleOf(`s${at}`)));
    await until(() => expect(reader.names.at(-1)).toBe('snapshot'));
    expect(reader.events.at(-1)?.data).toMatchObject({ state: { schedules: { total: 1_500 } } });
  });
});

describe('how many tasks a snapshot has', () => {
  const tasksOf = (priority: number) =>
    Array.from({ length: 1_200 }, (_, at) => openTaskOf(at + 1, { priority }));

  test('goes in few steps, so that numbers of their own do not make a snapshot for each client', async () => {
    const { hub } = hubOver(() => lookOf({ tasks: tasksOf(1) }));
    const readers = [1, 2, 3, 499, 500, 501, 502].map((most) => new Reader(hub.open(null, stays, most)));
    const counts = () => readers.map(({ events }) => events[0]?.data.tasks?.length);
    await until(() => expect(counts()).toEqual([500, 500, 500, 500, 500, 1_200, 1_200]));
  });

  test('is as each client wants it, also where the snapshot comes in the middle', async () => {
    let tasks = tasksOf(1);
    const { hub } = hubOver(() => lookOf({ tasks }));
    const counts = (reader: Reader) => reader.events.map(({ data }) => data.tasks?.length);
    const readers = [undefined, 0, 700, 10_000].map((most) => new Reader(hub.open(null, stays, most)));
    await until(() => expect(readers.map(counts)).toEqual([[500], [0], [1_200], [1_200]]));
    tasks = tasksOf(2);
    await until(() =>
      expect(readers.map(counts)).toEqual([
        [500, 500],
        [0, 0],
        [1_200, 1_200],
        [1_200, 1_200],
      ]),
    );
    expect(new Set(readers.map(({ events }) => events[1]?.id)).size).toBe(1);
  });
});
