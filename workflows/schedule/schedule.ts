import { condition } from '@temporalio/workflow';
import type { ScheduleInput } from '../../contract/schedule.ts';
import { DEFINED_WITHIN_MS } from '../../domain/schedule/patience.ts';
import { Alarm } from '../sdk/alarm.ts';
import { hasLongHistory } from '../sdk/long-history.ts';
import { continueAsNew } from '../sdk/memo.ts';
import { keepInForce } from './keeper.ts';
import { handleMessages } from './messages.ts';
import { ScheduleState } from './schedule-state.ts';
import { startOccurrences } from './start-occurrences.ts';
import { Teller } from './tell.ts';
import { Watchdog } from './watchdog.ts';

/**
 * One schedule: what it is, whether it is paused, what became of each time that it was due. The server's schedule ticks and is
 * kept as this one says. Completes when it is deleted.
 */
export async function schedule(input: ScheduleInput): Promise<void> {
  const state = new ScheduleState(input);
  handleMessages(state);
  const isDefined = await condition(() => state.kept !== undefined, DEFINED_WITHIN_MS);
  if (!isDefined) return state.answers.untilAtRest();
  void keepInForce(state);
  const watchdog = new Watchdog(state);
  const alarm = new Alarm(state);
  const teller = new Teller();

  for (;;) {
    await condition(() => state.work);
    state.work = false;
    if (state.due === undefined) await watchdog.plan();
    for (const work of state.asked.splice(0)) await work();
    await watchdog.look();
    await startOccurrences(state);
    teller.tell(state);
    if (state.deleted && state.told === state.wanted) return leave(state);
    alarm.set(watchdog.dueAtMs);
    if (hasLongHistory()) await goOnAsNew(state);
  }
}

/** Whoever asked has the answer. */
async function leave(state: ScheduleState): Promise<void> {
  state.leaving = true;
  await state.answers.untilAtRest();
}

/** Continues as new, and returns only if something is to be done before that. */
async function goOnAsNew(state: ScheduleState): Promise<void> {
  state.leaving = true;
  await condition(() => state.answers.atRest || state.work);
  if (state.work || state.kept === undefined) return;
  await continueAsNew<'schedule'>(
    { name: state.name, carried: state.kept, answers: state.answers.carried },
    state.kept.memo,
  );
}
