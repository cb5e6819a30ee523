import type { Scope } from '../../contract/api.ts';
import type { SchedulerClient } from '../scheduler-client.ts';
import type { SchedulesClient } from '../schedules-client.ts';

/**
 * What may be done where a call was sent and nobody knows what became of it. `reads`, `again`: the same once more comes to the
 * same. `once`: it could be done twice.
 */
type Kind = 'reads' | 'again' | 'once';

interface About {
  kind: Kind;
  scope: Scope;
  /** At which place of its arguments a note says who does it. */
  noteAt?: number;
}

const reads = { kind: 'reads', scope: 'read' } as const;
const again = { kind: 'again', scope: 'operate' } as const;
const once = { kind: 'once', scope: 'operate' } as const;

/**
 * The methods of the one API that a command may have carried out by a process that serves the API: one table for both ends.
 * What is not here a command does by itself.
 */
export const FACTS = {
  status: reads,
  check: reads,
  pools: reads,
  agents: reads,
  openTasks: reads,
  endedRuns: reads,
  explain: reads,
  explainAll: reads,
  forecast: reads,
  whatIf: reads,
  pause: { ...again, noteAt: 1 },
  resume: { ...again, noteAt: 1 },
  startAgents: { ...again, noteAt: 1 },
  stopAgents: { ...again, noteAt: 1 },
  setLimit: { ...again, scope: 'admin', noteAt: 2 },
  runNow: again,
  retry: { ...once, noteAt: 1 },
  cancel: { ...once, noteAt: 1 },
  add: once,
  'schedules.list': reads,
  'schedules.show': reads,
  'schedules.line': reads,
  'schedules.history': reads,
  'schedules.missed': reads,
  'schedules.pause': { ...again, noteAt: 1 },
  'schedules.resume': { ...again, noteAt: 1 },
  'schedules.runNow': { ...once, noteAt: 2 },
  'schedules.skipNext': { ...once, noteAt: 1 },
} as const satisfies Record<string, About>;

export type FactsMethod = keyof typeof FACTS;

type MethodOf<Name> = Name extends `schedules.${infer Own}`
  ? Own extends keyof SchedulesClient
    ? SchedulesClient[Own]
    : never
  : Name extends keyof SchedulerClient
    ? SchedulerClient[Name]
    : never;
/** The arguments of a method. */
export type FactsArgs<Name extends FactsMethod> =
  MethodOf<Name> extends (...args: infer Args) => Promise<unknown> ? Args : never;

export function isFactsMethod(name: string): name is FactsMethod {
  return Object.hasOwn(FACTS, name);
}

export const aboutMethod = (name: FactsMethod): About => FACTS[name];

/** Calls the method of that name. The arguments were checked for it. */
export function callMethod(
  scheduler: SchedulerClient,
  name: FactsMethod,
  args: readonly unknown[],
): Promise<unknown> {
  const [own, ...group] = name.split('.').reverse() as [string, ...string[]];
  const holder = group.length === 0 ? scheduler : scheduler.schedules;
  const method = holder[own as keyof typeof holder] as (...given: readonly unknown[]) => Promise<unknown>;
  return method.call(holder, ...args);
}
