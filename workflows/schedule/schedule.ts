import { ApplicationFailure, CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import { scheduleWorkflowId } from '../../contract/ids.ts';
import type { ScheduleInput } from '../../contract/schedule.ts';
import { cut } from '../../domain/cut.ts';
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
 * kept as this one says. Completes when it is deleted; a cancellation does nothing, since nobody else knows what it knows.
 */
export async function schedule(input: ScheduleInput): Promise<void> {
  refuseOther(input);
  const state = new ScheduleState(input);
  handleMessages(state);
  await CancellationScope.nonCancellable(() => live(state));
}

async function live(state: ScheduleState): Promise<void> {
  void state.replies.send();
  const isDefined =
    state.kept !== undefined || (await condition(() => state.kept !== undefined, DEFINED_WITHIN_MS));
  if (!isDefined) return condition(() => state.answers.atRest && state.replies.atRest);
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
    if (state.deleted && state.told === state.wanted && (await hasLeft(state))) return;
    alarm.set(watchdog.dueAtMs);
    if (hasLongHistory()) await goOnAsNew(state);
  }
}

/** Anybody can start one by hand. */
function refuseOther(given: { name?: unknown } | null | undefined): void {
  const { workflowId } = workflowInfo();
  if (typeof given?.name === 'string' && scheduleWorkflowId(given.name) === workflowId) return;
  throw ApplicationFailure.nonRetryable(
    `This is no schedule: it wants {"name": NAME}, and to be called schedule-NAME, not ${cut(workflowId)}.`,
    'not-a-schedule',
  );
}

/** The server may not answer for long. */
const LEAVE_MS = 30_000;

/** Waits until whoever asked has the answer. Says no where something is to be done before that. */
async function hasLeft(state: ScheduleState): Promise<boolean> {
  state.leaving = true;
  await condition(() => isAtRest(state) || state.work, LEAVE_MS);
  state.leaving = !state.work;
  return state.leaving;
}

/** Continues as new, and returns only if something is to be done before that. */
async function goOnAsNew(state: ScheduleState): Promise<void> {
  if (!(await hasLeft(state)) || state.kept === undefined) return;
  await continueAsNew<'schedule'>(
    { name: state.name, carried: state.kept, answers: state.answers.carried },
    state.kept.memo,
  );
}

/** Also of what the server is being told: a late telling of this run would undo one of the next. */
function isAtRest({ answers, replies, told, wanted }: ScheduleState): boolean {
  return answers.atRest && replies.atRest && told === wanted;
}
