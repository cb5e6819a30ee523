import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBareHttp } from './bare-http.ts';
import { cpuMsWithChildren } from './cpu.ts';
import type { Figure, Measurement } from './figures.ts';
import { round } from './numbers.ts';
import { memoryMb } from './processes.ts';
import { type Stand, withStand } from './stand.ts';

const CLIENTS = 100;
const MINUTE_S = 60;

/** What many who watch cost, beside one of them, and beside the same bytes to as many open answers. */
export const events: Measurement = {
  keys: ['events_100'],
  async measure(root, quick) {
    const seconds = quick ? 5 : 20;
    return withStand(root, { agents: 5, slots: 0, sleepSeconds: 0, serves: true }, async (stand) => {
      const [id = 0] = await stand.addTasks(20);
      await stand.startDaemon();
      const one = await watched(stand, { clients: 1, seconds, id });
      const many = await watched(stand, { clients: CLIENTS, seconds, id });
      const bareMs = await bareMsPerMinute(stand.dir, many.lastEvent, seconds);
      return { figures: figuresOf(one, many, bareMs) };
    });
  },
};

interface Watched {
  /** Processor milliseconds of the API in a minute: nothing changes, and one change a second. */
  restMs: number;
  busyMs: number;
  /** Of TinyTask, which each look of the API asks. */
  tinytaskMs: number;
  memoryMb: number;
  lastEvent: string;
}

async function watched(
  stand: Stand,
  { clients, seconds, id }: { clients: number; seconds: number; id: number },
): Promise<Watched> {
  const { url, pid } = await stand.api();
  const open = await listen(`${url}/api/events`, clients);
  try {
    await sleep(3_000);
    const restMs = await minuteOf([pid], seconds, async () => sleep(1_000));
    let priority = 0;
    const [busyMs = 0, tinytaskMs = 0] = await minuteOf([pid, stand.tinytaskPid], seconds, async () => {
      priority = (priority + 1) % 10;
      await stand.tinytask.update(id, { priority });
      await sleep(1_000);
    });
    return {
      ...{ restMs: restMs[0] ?? 0, busyMs, tinytaskMs, memoryMb: memoryMb(pid).pss },
      lastEvent: open.last(),
    };
  } finally {
    open.close();
  }
}

/** Processor milliseconds in a minute of each process, from so many seconds of something done again and again. */
async function minuteOf(
  pids: readonly number[],
  seconds: number,
  each: () => Promise<unknown>,
): Promise<number[]> {
  const before = pids.map(cpuMsWithChildren);
  const fromMs = performance.now();
  while (performance.now() - fromMs < seconds * 1_000) await each();
  const minutes = (performance.now() - fromMs) / 1_000 / MINUTE_S;
  return pids.map((pid, at) => round((cpuMsWithChildren(pid) - (before[at] ?? 0)) / minutes));
}

interface Listening {
  last(): string;
  close(): void;
}

/** Open streams that are read, and thrown away but for the last event. */
async function listen(url: string, clients: number): Promise<Listening> {
  const ending = new AbortController();
  let last = '';
  for (let at = 0; at < clients; at++) {
    const { body, ok, status } = await fetch(url, { signal: ending.signal });
    if (!ok || body === null) throw new Error(`${url} answers ${status}`);
    const read = async () => {
      for await (const bytes of body) {
        const text = Buffer.from(bytes).toString();
        if (text.includes('event: task')) last = text;
      }
    };
    read().catch(() => undefined);
  }
  return { last: () => last, close: () => ending.abort() };
}

async function bareMsPerMinute(dir: string, event: string, seconds: number): Promise<number> {
  const file = join(dir, 'bare-event');
  await writeFile(file, event);
  const bare = await startBareHttp(file);
  try {
    const open = await listen(`${bare.url}/events`, CLIENTS);
    const [ms = 0] = await minuteOf([bare.pid], seconds, async () => sleep(1_000));
    open.close();
    return ms;
  } finally {
    bare.stop();
  }
}

function figuresOf(one: Watched, many: Watched, bareMs: number): Figure[] {
  const key = 'events_100' as const;
  return [
    {
      ...{ key, part: 'rest_ms', value: many.restMs, unit: 'ms/min', bare: one.restMs },
      ...{ what: `processor time of the API while ${CLIENTS} watch and nothing changes` },
      ...{ goal: { atMostTimesBare: 2 }, note: 'bare: the same with one who watches' },
    },
    {
      ...{ key, part: 'busy_ms', value: round(many.busyMs - one.busyMs), unit: 'ms/min', bare: bareMs },
      what: `what ${CLIENTS} who watch add to one, a change a second`,
      goal: { atMostTimesBare: 2.5 },
      note: `with one who watches ${one.busyMs}, with ${CLIENTS} ${many.busyMs}; bare: hono that writes the same event to ${CLIENTS} open answers`,
    },
    {
      ...{ key, part: 'tinytask_ms', value: many.tinytaskMs, unit: 'ms/min', bare: one.tinytaskMs },
      what: `processor time of TinyTask then`,
      ...{
        goal: { atMostTimesBare: 1.25 },
        note: 'bare: the same with one who watches; one look serves all',
      },
    },
    {
      ...{ key, part: 'memory_mb', value: round(many.memoryMb - one.memoryMb), unit: 'MB' },
      ...{ what: `memory that ${CLIENTS} who watch add`, goal: { atMost: 30 } },
    },
  ];
}
