import type { DeedKind } from '../contract/by-hand.ts';
import { deedOf } from '../contract/by-hand.ts';
import type { AgentStatus } from '../contract/status.ts';
import { isUsedUp } from '../domain/slots/tokens.ts';
import { sayBudget } from './budget.ts';
import { clock } from './clock.ts';
import { sayDeed } from './deed.ts';
import { sayHold } from './hold.ts';
import { TRY_IS_DUE } from './reason.ts';

/** How an agent is, as a clause about it. */
export function sayAgent(agent: AgentStatus): string {
  const { health, tryIsDue, limit } = agent;
  if (agent.leaving) return 'leaving: it is not in the configuration any more, and finishes what it has';
  const switched = sayOff(agent);
  if (switched !== undefined) return switched;
  if (agent.poolHold !== undefined) return `its queue is ${sayHold(agent.poolHold)}`;
  if (health.state !== 'well' && health.probing) return `one task tries it again: ${health.reason}`;
  if (health.state !== 'well' && tryIsDue) return `${TRY_IS_DUE}: ${health.reason}`;
  if (health.state === 'cooling-down') return `cools down until ${clock(health.untilMs)}: ${health.reason}`;
  if (health.state === 'misconfigured') return `cannot run: ${health.reason}`;
  const spent = sayBudgets(agent);
  const set = deedOf(agent.deeds, ['set-limit'], agent.name);
  const byHand = set?.by === undefined ? '' : `; ${sayDeed(set)}`;
  const ready = spent.isOver ? [] : [limit === 0 ? 'no slots' : 'ready'];
  return [...ready, ...spent.says].join('; ') + byHand;
}

/** What is used of its budget and of that of its pool. */
function sayBudgets({ name, queue, budget, poolBudget }: AgentStatus): { isOver: boolean; says: string[] } {
  const over = [budget, poolBudget].filter((each) => each?.today && isUsedUp(each, each.today));
  const says = [sayBudget(name, budget), sayBudget(`queue "${queue}"`, poolBudget)];
  return { isOver: over.length > 0, says: says.filter((each) => each !== undefined) };
}

/** What people did with it or its pool. */
function sayOff({ name, paused, poolPaused, stopped, poolStopped, deeds }: AgentStatus): string | undefined {
  const said = (did: DeedKind, ofAgent: boolean, otherwise: string) => {
    const deed = deedOf(deeds, [did], ofAgent ? name : undefined);
    return deed === undefined ? otherwise : sayDeed(deed);
  };
  if (poolStopped) return `its queue: ${said('stop-agents', false, 'agents stopped')}`;
  if (stopped) return said('stop-agents', true, 'stopped');
  if (poolPaused)
    return deedOf(deeds, ['pause']) ? `its queue: ${said('pause', false, '')}` : 'its queue is paused';
  return paused ? said('pause', true, 'paused') : undefined;
}
