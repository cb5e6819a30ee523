import type { AgentIs } from '../../parts/agent-state.ts';

/** What is shown of this view, as its address says. */
export interface Filter {
  pool: string | undefined;
  /** A part of an agent's name, in small letters. */
  agent: string | undefined;
  state: AgentIs | undefined;
}

export const STATES: readonly { is: AgentIs; word: string }[] = [
  { is: 'unwell', word: 'unwell' },
  { is: 'off', word: 'turned off' },
  { is: 'busy', word: 'working' },
  { is: 'free', word: 'with nothing to do' },
  { is: 'leaving', word: 'leaving' },
];

/** What the address says and nobody knows is not asked for. */
export function filterIn(query: ReadonlyMap<string, string>): Filter {
  const state = query.get('state');
  return {
    pool: query.get('pool') || undefined,
    agent: query.get('agent')?.toLowerCase() || undefined,
    state: STATES.find(({ is }) => is === state)?.is,
  };
}

export function isAsked(filter: Filter): boolean {
  return filter.pool !== undefined || filter.agent !== undefined || filter.state !== undefined;
}

export interface Filtered {
  pool: string | null;
  agent: string | null;
}

/** Whether a task, or an agent with its pool, is shown. */
export function isShown({ pool, agent }: Filter, one: Filtered): boolean {
  return (
    (pool === undefined || one.pool === pool) &&
    (agent === undefined || one.agent?.toLowerCase().includes(agent) === true)
  );
}

/** Names that are in one word of the address. */
export function namesIn(text: string | undefined): string[] {
  return (text ?? '').split(' ').filter(Boolean).map(decoded);
}

export function withName(text: string | undefined, name: string, isIn: boolean): string | undefined {
  const names = new Set(namesIn(text));
  if (isIn) names.add(name);
  else names.delete(name);
  return [...names].map(encodeURIComponent).join(' ') || undefined;
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
