import { scheduleWorkflowId } from '../contract/ids.ts';
import type { ScheduleMemo } from '../contract/schedule.ts';
import { SCHEDULE } from '../contract/workflows.ts';
import { DEFAULTS, type Definition } from '../domain/schedule/definition.ts';
import { answers, bareAnswers } from './answers.ts';
import type { Figure, Measurement } from './figures.ts';
import { round } from './numbers.ts';
import { commandMs, EMPTY_NODE, tinyscheduler } from './run-command.ts';
import { type Stand, withStand } from './stand.ts';

const AT_A_TIME = 50;
const PAGE = 1_000;
const DAY_MS = 24 * 3_600_000;

/**
 * What looking at many schedules costs. What is looked at is what each keeps as its memo; so they are workflows that no worker
 * does anything for. What they cost a worker is not measured.
 */
export const schedules: Measurement = {
  keys: ['schedules_10k'],
  async measure(root, quick) {
    const count = quick ? 1_000 : 10_000;
    return withStand(root, { agents: 3, slots: 0, sleepSeconds: 0, serves: true }, async (stand) => {
      await make(stand, count);
      await stand.startDaemon();
      return { figures: await figuresOf(root, stand, count) };
    });
  },
};

async function make({ client }: Stand, count: number): Promise<void> {
  for (let at = 0; at < count; at += AT_A_TIME) {
    const some = Array.from({ length: Math.min(AT_A_TIME, count - at) }, (_, each) => at + each);
    await Promise.all(
      some.map((number) => {
        const memo = memoOf(number);
        return client.workflow.start(SCHEDULE, {
          workflowId: scheduleWorkflowId(memo.schedule.definition.name),
          taskQueue: 'bench-nobody',
          memo: { ...memo },
        });
      }),
    );
  }
}

function memoOf(number: number): ScheduleMemo {
  const nowMs = Date.now();
  const definition: Definition = {
    ...DEFAULTS,
    name: `nightly-${number}`,
    timing: { kind: 'cron', cron: `${number % 60} ${number % 24} * * *` },
    timeZone: 'Europe/Berlin',
    work: { kind: 'task', title: `Nightly check ${number}`, queue: 'bench' },
  };
  return {
    schedule: { definition, version: 1, createdMs: nowMs, editedMs: nowMs },
    now: { count: 0, open: 0, badInARow: 0, nextMs: nowMs + DAY_MS },
  };
}

async function figuresOf(root: string, stand: Stand, count: number): Promise<Figure[]> {
  const { url, pid } = await stand.api();
  const list = await answers({ pid, url: `${url}/api/schedules?limit=${PAGE}` }, 5);
  const state = await answers({ pid, url: `${url}/api/state` }, 20, 1_100);
  const bare = await bareAnswers(stand.dir, list.text, 200);
  const command = await commandMs(tinyscheduler(root, 'schedule', 'list'), { env: stand.env, times: 3 });
  const empty = await commandMs(EMPTY_NODE, { env: stand.env, times: 10 });
  const key = 'schedules_10k' as const;
  const pages = count / PAGE;
  return [
    {
      ...{ key, part: 'list_ms', value: round(list.ms * pages), unit: 'ms', bare: round(bare.ms * pages) },
      ...{
        what: `processor time of \`/api/schedules\`, all ${count} in ${pages} pages`,
        goal: { atMost: 1_000 },
      },
      note: `of the process of the API; ${list.bytes * pages} bytes; bare: hono with the same bytes from memory`,
    },
    {
      ...{ key, part: 'state_ms', value: round(state.ms), unit: 'ms', goal: { atMost: 100 } },
      ...{ what: `processor time of \`/api/state\` beside ${count} schedules, anew` },
      note: 'the schedules themselves are read every ten seconds at most',
    },
    {
      ...{ key, part: 'command_ms', value: round(command), unit: 'ms', bare: round(empty) },
      ...{ what: `processor time of \`schedule list\` of ${count}`, goal: { atMost: 1_000 } },
      note: 'of the command alone; bare: an empty Node.js',
    },
  ];
}
