import { answers, bareAnswers } from './answers.ts';
import type { Figure, Measurement } from './figures.ts';
import { round } from './numbers.ts';
import { type Stand, withStand } from './stand.ts';

/** A look is shared for a second by all who ask; so whoever asks less often has one of their own. */
const ANEW_MS = 1_100;

/** What one answer with everything costs the API's process. */
export const state: Measurement = {
  keys: ['state_ms'],
  async measure(root, quick) {
    const few = await measureAt(root, { agents: 3, tasks: 10, quick });
    const many = await measureAt(root, { agents: 200, tasks: quick ? 1_000 : 10_000, quick });
    return { figures: [...few, ...many] };
  },
};

interface Size {
  agents: number;
  tasks: number;
  quick: boolean;
}

async function measureAt(root: string, { agents, tasks, quick }: Size): Promise<Figure[]> {
  return withStand(root, { agents, slots: 0, sleepSeconds: 0, serves: true }, async (stand) => {
    await stand.addTasks(tasks);
    await stand.startDaemon();
    return await figuresOf(stand, { agents, tasks, quick });
  });
}

async function figuresOf(stand: Stand, { agents, tasks, quick }: Size): Promise<Figure[]> {
  const { url, pid } = await stand.api();
  const state = { pid, url: `${url}/api/state` };
  // Compiled, and connected.
  await answers(state, 30);
  const shared = await answers(state, quick ? 50 : 500);
  const anew = await answers(state, quick ? 3 : 12, ANEW_MS);
  const bare = await bareAnswers(stand.dir, shared.text, quick ? 50 : 500);
  const of = `with ${agents} agents and ${tasks} tasks`;
  const about = { key: 'state_ms' as const, unit: 'ms', bare: round(bare.ms) };
  return [
    {
      ...{ ...about, part: `shared_${agents}`, value: round(shared.ms), goal: { atMostTimesBare: 3 } },
      what: `processor time of \`/api/state\` ${of}, from a look that others had`,
      note: `${shared.bytes} bytes; bare: hono with the same bytes from memory`,
    },
    {
      ...{ ...about, part: `anew_${agents}`, value: round(anew.ms) },
      goal: { atMost: agents > 100 ? 500 : 50 },
      what: `the same from a look of its own`,
      note: 'of the process of the API alone; one look serves all who ask within a second',
    },
  ];
}
