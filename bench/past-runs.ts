import { taskWorkflowId } from '../contract/ids.ts';
import { RUN_TASK } from '../contract/workflows.ts';
import { answers, bareAnswers } from './answers.ts';
import type { Figure, Measurement } from './figures.ts';
import { round } from './numbers.ts';
import { type Stand, withStand } from './stand.ts';

const AT_A_TIME = 50;
/** A page of it. */
const RUNS = 50;

/**
 * What looking at what has ended costs: more runs than one answer looks at, which is as much as a year of them costs. They are runs
 * that were ended from outside before a worker took them, so their histories are short.
 */
export const pastRuns: Measurement = {
  keys: ['past_runs'],
  async measure(root, quick) {
    const count = quick ? 300 : 3_000;
    return withStand(root, { agents: 3, slots: 0, sleepSeconds: 0, serves: true }, async (stand) => {
      await end(stand, count);
      await stand.startDaemon();
      return { figures: await figuresOf(stand, count) };
    });
  },
};

async function end({ client }: Stand, count: number): Promise<void> {
  for (let at = 0; at < count; at += AT_A_TIME) {
    const some = Array.from({ length: Math.min(AT_A_TIME, count - at) }, (_, each) => 1_000_000 + at + each);
    await Promise.all(
      some.map(async (taskId) => {
        const about = { workflowId: taskWorkflowId(taskId), taskQueue: 'bench-nobody' };
        await (await client.workflow.start(RUN_TASK, { ...about, args: [{ taskId }] })).terminate();
      }),
    );
  }
}

async function figuresOf(stand: Stand, count: number): Promise<Figure[]> {
  const { url, pid } = await stand.api();
  const key = 'past_runs' as const;
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const asked = { pid, url: `${url}/api/history?by=hour&since=${encodeURIComponent(since)}` };
  // It has at most so long for histories in one answer, and goes on with the next.
  const first = await answers(asked, 3, 5_100, false);
  const later = await answers(asked, 3, 5_100);
  const page = await answers({ pid, url: `${url}/api/runs?limit=${RUNS}` }, 10, 1_100);
  const bare = await bareAnswers(stand.dir, page.text, 200);
  return [
    {
      ...{ key, part: 'first_ms', value: round(first.ms), unit: 'ms', goal: { atMost: 1_500 } },
      what: `processor time of the first answers of \`/api/history\`, ${count} runs that ended`,
      note: 'of the process of the API; mean of three, which read the histories',
    },
    {
      ...{ key, part: 'later_ms', value: round(later.ms), unit: 'ms', goal: { atMost: 500 } },
      what: 'of later ones, anew',
    },
    {
      ...{
        key,
        part: 'page_ms',
        value: round(page.ms),
        unit: 'ms',
        bare: round(bare.ms),
        goal: { atMost: 100 },
      },
      what: `processor time of a page of ${RUNS} of \`/api/runs\`, anew`,
      note: 'bare: hono with the same bytes from memory',
    },
  ];
}
