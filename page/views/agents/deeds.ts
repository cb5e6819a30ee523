import type { Agent } from '../../api/shapes.ts';
import { agents } from '../../live/store.ts';
import { dryRun, post, propose } from '../../parts/deed.tsx';
import { type Switched, sayConsequence, sayLimitConsequence, saySwitched, type Verb } from './consequence.ts';

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
    consequence: async () => sayConsequence(verb, await dryRun<Switched>(path, body), waitingOf(whom)),
    carryOut: post<Switched>(path, body),
    sayDone: (told) => saySwitched(told, `${capital(name)} ${done}`),
  });
}

/** @param slots null: as configured */
export function proposeLimit(agent: Agent, slots: number | null): void {
  const path = `/api/agents/${encodeURIComponent(agent.name)}/limit`;
  propose<{ after: { slots: number | null } }>({
    title: slots === null ? `Give ${agent.name} its configured slots?` : `Give ${agent.name} ${slots} slots?`,
    verb: slots === null ? 'As configured' : `Set ${slots}`,
    takesNote: true,
    consequence: async () => {
      await dryRun(path, { slots });
      return `${sayLimitConsequence(agent, slots)} It holds until the configured limit changes.`;
    },
    carryOut: post(path, { slots }),
    sayDone: ({ after }) => `${agent.name} has ${after.slots ?? 'its configured'} slots.`,
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

/** Runs in line that they may take. A run is in the line of its pool, so that agents of one pool have the same. */
function waitingOf(whom: Whom): number | null {
  const all = [...agents.peek().all.values()];
  if (whom.is === 'agent') return all.find(({ name }) => name === whom.name)?.waiting ?? null;
  const meant = whom.is === 'all' ? all : all.filter(({ queue }) => queue === whom.pool);
  if (meant.length === 0) return null;
  const byPool = new Map(meant.map(({ queue, name, waiting }) => [queue ?? name, waiting]));
  return [...byPool.values()].reduce((sum, each) => sum + each, 0);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
