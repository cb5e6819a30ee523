import type { ForeseenTask, Outlook, WhatIf } from '../contract/forecast.ts';
import { type Change, withChanges } from '../domain/forecast/change.ts';
import { difference } from '../domain/forecast/compare.ts';
import { type Foresight, foresee } from '../domain/forecast/forecast.ts';
import { drawsFor } from '../domain/forecast/luck.ts';
import type { AgentLine } from '../domain/plan/agent-line.ts';
import { schedulerError } from '../words/errors.ts';
import { type ForesightDeps, readKnown, titled } from './foresight.ts';
import { problemsOf, stateOf } from './status.ts';

/** So many moved tasks are told of. */
const MOST_MOVED = 10;

/**
 * What changes of the agents would do, on the queue as it is. Nothing is changed: it reads, and plans twice.
 * @throws `no-such-agent` @throws `no-such-queue` @throws `existing-agent` @throws what TinyTask fails with
 */
export async function readWhatIf(deps: ForesightDeps, changes: Change[]): Promise<WhatIf> {
  const { snapshot, input, experience, restsOn, coming } = await readKnown(deps);
  refuseUnknown(changes, input.plan.agents);
  // Both together cost as much as one forecast.
  const draws = drawsFor(2 * (input.plan.tasks.length + (input.coming?.length ?? 0)));
  const before = foresee(input, experience, draws);
  const after = foresee({ ...input, plan: withChanges(input.plan, changes, input.zones) }, experience, draws);
  const { starts, waits, keeps, frees, moved } = difference(before, after, input.plan.nowMs);
  const now = new Map(titled(after.tasks, snapshot.tasks).map((task) => [task.taskId, task]));
  const tell = (ids: readonly number[]): ForeseenTask[] => ids.flatMap((id) => now.get(id) ?? []);
  return {
    ...stateOf(snapshot.scheduler),
    ...{ atMs: input.plan.nowMs, changes, before: outlookOf(before), after: outlookOf(after) },
    ...{ starts: tell(starts), waits: tell(waits), keeps: tell(keeps), frees: tell(frees) },
    moved: moved.slice(0, MOST_MOVED).map((each) => ({ ...each, title: now.get(each.taskId)?.title ?? '' })),
    movedMore: Math.max(0, moved.length - MOST_MOVED),
    ...{ restsOn, coming },
    problems: problemsOf(snapshot),
  };
}

function outlookOf({ end, ending, kept, unknown }: Foresight): Outlook {
  return { end, ending, kept, unknown };
}

/** Each change finds what those before it have left. */
function refuseUnknown(changes: readonly Change[], agents: readonly AgentLine[]): void {
  const queueOf = new Map(agents.map(({ name, queue }) => [name, queue]));
  for (const change of changes) {
    if (change.do === 'pool-budget') refuseUnserved(change.queue, queueOf);
    else if (change.do === 'add') {
      const { agent, queue } = change;
      if (queueOf.has(agent)) throw schedulerError({ code: 'existing-agent', agent });
      queueOf.set(agent, queue);
    } else if (!queueOf.has(change.agent))
      throw schedulerError({
        ...{ code: 'no-such-agent', agent: change.agent },
        known: [...queueOf.keys()].sort(),
      });
    if (change.do === 'remove') queueOf.delete(change.agent);
  }
}

function refuseUnserved(queue: string, queueOf: ReadonlyMap<string, string | null>): void {
  const known = [...new Set([...queueOf.values()].filter((each) => each !== null))];
  if (!known.includes(queue)) throw schedulerError({ code: 'no-such-queue', queue, known: known.sort() });
}
