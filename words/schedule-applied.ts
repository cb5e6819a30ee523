import type { Applied } from '../contract/schedule-applied.ts';
import { sayFailure } from './errors.ts';

const MOST_NAMED = 20;

/** What would be done, one line for each schedule that is not as it is to be; then those that are left alone. */
export function sayPlan(plan: readonly Applied[]): string[] {
  const toDo = plan.filter(({ did }) => did !== 'unchanged' && did !== 'kept');
  return [...toDo.map(sayPlanned), sayLeftAlone(plan, toDo.length === 0)];
}

function sayPlanned(planned: Applied): string {
  switch (planned.did) {
    case 'created':
      return `create ${planned.schedule}`;
    case 'edited':
      return `edit   ${planned.schedule}: ${planned.changed.join(', ')}`;
    case 'deleted':
      return `delete ${planned.schedule}, with its history`;
    default:
      return planned.schedule;
  }
}

function sayLeftAlone(plan: readonly Applied[], isAll: boolean): string {
  const kept = plan.filter(({ did }) => did === 'kept').map(({ schedule }) => schedule);
  const same = plan.filter(({ did }) => did === 'unchanged').length;
  const first = isAll ? `There is nothing to do: ${same}` : `${same}`;
  const sentence = `${first} ${same === 1 ? 'schedule is as it is' : 'schedules are as they are'} to be.`;
  if (kept.length === 0) return sentence;
  const more = kept.length - MOST_NAMED;
  const names = `${kept.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `${sentence} Kept, though the file has ${kept.length === 1 ? 'it' : 'them'} not (--prune deletes ${kept.length === 1 ? 'it' : 'them'}): ${names}.`;
}

/** What became of one. */
export function sayApplied(done: Applied): string {
  switch (done.did) {
    case 'failed':
      return `schedule ${done.schedule} was not ${PAST[done.wanted]}: ${sayFailure(done.failure)}`;
    case 'kept':
      return `Schedule ${done.schedule} is kept.`;
    case 'unchanged':
      return `Schedule ${done.schedule} is as it is to be.`;
    default:
      return `Schedule ${done.schedule} is ${done.did}.`;
  }
}

const PAST = { create: 'created', edit: 'edited', delete: 'deleted' } as const;
