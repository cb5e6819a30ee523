import type { Agent } from '../../api/shapes.ts';
import { agents, scheduler } from '../../live/store.ts';
import { dryRun, post, propose } from '../../parts/deed.tsx';
import { waitsInAll } from '../../parts/waits-in-all.ts';
import { capital } from './capital.ts';
import {
  type InLine,
  type Switched,
  sayConsequence,
  sayLimitConsequence,
  saySlots,
  saySwitched,
  type Verb,
} from './consequence.ts';
import { keptFrom } from './kept-from.ts';

/** Whose switch it is. */
export type Whom = { is: 'all' } | { is: 'pool'; pool: string } | { is: 'agent'; name: string };

const VERBS: Record<Verb, { title: string; done: string; ofAll: string; isDangerous?: true }> = {
  pause: { title: 'Pause', done: 'paused', ofAll: 'pause' },
  resume: { title: 'Resume', done: 'resumed', ofAll: 'resume' },
  stop: { title: 'Stop what runs on', done: 'stopped', ofAll: 'stop-agents', isDangerous: true },
  start: { title: 'Start', done: 'started', ofAll: 'start-agents' },
  drain: { title: 'Drain', done: 'drains', ofAll: 'drain' },
};

/** Asks whether a switch is to be turned. */
export function proposeSwitch(verb: Verb, whom: Whom): void {
  const { title, done, ofAll, isDangerous = false } = VERBS[verb];
  const path =
    whom.is === 'agent'
      ? `/api/agents/${encodeURIComponent(whom.name)}/${verb === 'drain' ? 'pause' : verb}`
      : `/api/${ofAll}`;
  const body = whom.is === 'pool' ? { queue: whom.pool } : {};
  const name = nameOf(whom);
  propose<Switched>({
    title: `${title} ${name}?`,
    verb: `${title} ${name}`,
    ...{ isDangerous, takesNote: true },
    consequence: async () => {
      const [told, line] = await Promise.all([dryRun<Switched>(path, body), lineOf(whom)]);
      return sayConsequence(verb, told, line);
    },
    carryOut: post<Switched>(path, body),
    sayDone: (told) => saySwitched(told, `${capital(name)} ${done}`),
  });
}

/** @param slots null: as configured */
export function proposeLimit(agent: Agent, slots: number | null): void {
  const path = `/api/agents/${encodeURIComponent(agent.name)}/limit`;
  propose<{ after: { slots: number | null } }>({
    title:
      slots === null ? `Give ${agent.name} its configured slots?` : `Give ${agent.name} ${saySlots(slots)}?`,
    verb: slots === null ? 'As configured' : `Set ${slots}`,
    takesNote: true,
    consequence: async () => {
      await dryRun(path, { slots });
      const kept = keptFrom(agent, scheduler.peek());
      return `${sayLimitConsequence({ ...agent, kept }, slots)} It holds until the configured limit changes.`;
    },
    carryOut: post(path, { slots }),
    sayDone: ({ after }) =>
      `${agent.name} has ${after.slots === null ? 'its configured slots' : saySlots(after.slots)}.`,
  });
}

function nameOf(whom: Whom): string {
  switch (whom.is) {
    case 'all':
      return 'everything';
    case 'pool':
      return `queue ${whom.pool}`;
    case 'agent':
      return whom.name;
  }
}

/** A run is in the line of its pool, so that agents of one pool have the same. */
async function lineOf(whom: Whom): Promise<InLine> {
  if (whom.is === 'all') return { waiting: await waitsInAll() };
  const all = [...agents.peek().all.values()];
  if (whom.is === 'pool') return { waiting: all.find(({ queue }) => queue === whom.pool)?.waiting ?? null };
  const agent = all.find(({ name }) => name === whom.name);
  if (agent === undefined) return { waiting: null };
  const { waiting, queue } = agent;
  const now = scheduler.peek();
  const isOn = !now?.paused && !now?.stopped;
  const others = all.filter(
    (each) =>
      each.queue === queue && each.name !== whom.name && !each.paused && !each.stopped && each.limit > 0,
  );
  return { waiting, othersOf: isOn && queue !== null && others.length > 0 ? queue : undefined };
}
