import { schedulerError } from '../../words/errors.ts';
import type { Place } from './task-place.ts';

/** What a deed would do with a task, and where that would leave it. */
export interface Foretold {
  did: string;
  after: Place;
}

const RUNS: readonly Place['phase'][] = ['running', 'interrupted', 'waiting-for-host'];

/** As client/retry.ts does it. */
export function foretellRetry(place: Place): Foretold {
  const nothing = { did: 'nothing', after: place };
  if (place.phase === 'complete' || place.phase === 'archived') return nothing;
  if (RUNS.includes(place.phase) || place.phase === 'waiting-for-slot') return nothing;
  const waits = { ...place, phase: 'waiting-for-slot', reason: null } as const;
  if (place.phase === 'parked') return { did: 'un-parked', after: waits };
  if (place.phase === 'backing-off') return { did: 'skipped-back-off', after: waits };
  if (place.phase === 'working-elsewhere')
    return { did: 'taken-back', after: { ...place, phase: 'waiting', reason: null } };
  return { did: 'put-first', after: place };
}

/** As client/cancel.ts does it. @throws `nothing-to-cancel` */
export function foretellCancel(place: Place): Foretold {
  const { taskId, phase } = place;
  if (phase === 'parked') return { did: 'nothing', after: place };
  if (RUNS.includes(phase) || phase === 'waiting-for-slot' || phase === 'backing-off')
    return { did: 'cancelled', after: { ...place, phase: 'parked', reason: null } };
  const status = phase === 'complete' ? 'complete' : phase === 'working-elsewhere' ? 'working' : 'idle';
  throw schedulerError({ code: 'nothing-to-cancel', taskId, status });
}

/** @throws `nothing-to-run` */
export function foretellRunNow(place: Place): Foretold {
  if (place.phase === 'complete')
    throw schedulerError({ code: 'nothing-to-run', taskId: place.taskId, status: 'complete' });
  return { did: 'put-first', after: place };
}
