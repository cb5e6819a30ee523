import { ActivityFailure, condition, isCancellation } from '@temporalio/workflow';
import type { KeepResult } from '../../contract/activities.ts';
import { cut } from '../../domain/cut.ts';
import { keepSchedule } from './activities.ts';
import type { ScheduleState } from './schedule-state.ts';

/**
 * Sees to it that the server has what is wanted. That is done beside the loop, one telling at a time: the server may not answer
 * for long, and occurrences that begin do not wait for it.
 */
export async function keepInForce(state: ScheduleState): Promise<never> {
  for (;;) {
    await condition(() => state.kept !== undefined && state.told < state.wanted);
    const { wanted, anew } = state;
    state.anew = false;
    const { refused, changed } = await tell(state, anew);
    state.record(() => {
      state.told = wanted;
      if (changed) state.toldMs = Date.now();
      if (state.kept === undefined) return;
      if (refused === undefined) delete state.kept.refused;
      else state.kept.refused = refused;
    });
  }
}

type Told = Pick<KeepResult, 'refused' | 'changed'>;

async function tell({ name, kept, deleted }: ScheduleState, anew: boolean): Promise<Told> {
  const schedule = kept?.memo.schedule;
  const isOver = deleted || schedule === undefined || schedule.finished;
  const wanted = isOver
    ? 'absent'
    : { definition: schedule.definition, paused: schedule.pause !== undefined };
  try {
    return await keepSchedule({ name, wanted, ...(anew && { anew }) });
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return { refused: cut(error.cause?.message ?? error.message) };
  }
}
