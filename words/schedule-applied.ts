import type { Applied } from '../contract/schedule-applied.ts';
import { sayFailure } from './errors.ts';
import { firstListed } from './listed.ts';

const MOST_NAMED = 20;

/** What would be done, one line for each schedule that is not as it is to be; then those that are left alone. */
export function sayPlan(plan: readonly Applied[]): string[] {
  const toDo = plan.filter(({ did }) => did !== 'unchanged' && did !== 'kept');
  return [...toDo.map(sayPlanned), ...sayLeftAlone(plan, toDo.length === 0)];
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

function sayLeftAlone(plan: readonly Applied[], isAll: boolean): string[] {
  const kept = plan.filter(({ did }) => did === 'kept').map(({ schedule }) => schedule);
  const same = plan.filter(({ did }) => did === 'unchanged').length;
  const first = isAll ? `There is nothing to do: ${same}` : `${same}`;
  const sentences = [
    ...(same > 0 || isAll
      ? [`${first} ${same === 1 ? 'schedule is as it is' : 'schedules are as they are'} to be.`]
      : []),
    ...(kept.length > 0 ? [sayKept(kept)] : []),
  ];
  return sentences.length === 0 ? [] : [sentences.join(' ')];
}

function sayKept(names: readonly string[]): string {
  const it = names.length === 1 ? 'it' : 'them';
  return `Kept, though the file does not have ${it} (--prune deletes ${it}): ${firstListed(names, MOST_NAMED)}.`;
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
