import type { Status } from '../../contract/status.ts';
import type { Absence, Condition } from '../../domain/notify/condition.ts';
import { isOff } from '../headline/conditions.ts';

interface Seen {
  status: Status;
  present: readonly Condition[];
  /** So many schedules in trouble were not read. */
  more: number;
}

/** What it means that a condition of this key is not among those that a look has found. */
export function absenceOf(key: string, { status, present, more }: Seen): Absence {
  const [kind, ...rest] = key.split('/');
  const of = rest.join('/');
  // It counts those beyond the ones that are told one by one.
  if (of === 'more' && kind !== 'schedule') return 'over';
  switch (kind) {
    case 'unwell':
      return ofAgent(of, status.agents);
    case 'budget':
      return ofBudget(of.slice(0, of.lastIndexOf('/')), status.agents, present);
    // It may be in trouble still, and have been pushed out of those that are read.
    case 'schedule':
      return more > 0 ? 'unseen' : 'over';
    default:
      return 'over';
  }
}

/** One that was turned off, or taken out of the control file, is not well for that. */
function ofAgent(name: string, agents: Status['agents']): Absence {
  const agent = agents.find((each) => each.name === name);
  return agent === undefined || agent.leaving || isOff(agent) ? 'dropped' : 'over';
}

/** @param whose `agent/NAME` or `pool/QUEUE` */
function ofBudget(whose: string, agents: Status['agents'], present: readonly Condition[]): Absence {
  const known = agents.filter(({ leaving }) => !leaving);
  const [what, ...rest] = whose.split('/');
  const name = rest.join('/');
  const isThere = known.some((agent) => (what === 'agent' ? agent.name : agent.queue) === name);
  // The next day's is used, too, so that there is no budget again.
  const isAgain = present.some(({ key }) => isOfDay(key, `budget/${whose}/`));
  return isThere && !isAgain ? 'over' : 'dropped';
}

function isOfDay(key: string, begin: string): boolean {
  return key.startsWith(begin) && !key.slice(begin.length).includes('/');
}
