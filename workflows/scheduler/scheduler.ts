import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  makeContinueAsNewFunc,
  proxyActivities,
} from '@temporalio/workflow';
import type { SurveyActivities, WatchActivities } from '../../contract/activities.ts';
import type { Order } from '../../contract/contents.ts';
import { DAEMON_QUEUE, MAIN_QUEUE, taskWorkflowId } from '../../contract/ids.ts';
import { inBatches } from '../../contract/in-batches.ts';
import { lookAgain, order, schedulerPaused, withdraw } from '../../contract/messages.ts';
import { type PassReport, type SurveyResult, startedOf } from '../../contract/pass.ts';
import type { SchedulerInput } from '../../contract/scheduler-input.ts';
import { cut } from '../../domain/cut.ts';
import type { Waiting } from '../../domain/plan/decision.ts';
import { MAX_STARTS } from '../../domain/plan/input.ts';
import { hasLongHistory } from '../sdk/long-history.ts';
import { send } from '../sdk/send.ts';
import { type Asked, SchedulerState } from './scheduler-state.ts';
import { startRuns } from './start-runs.ts';

/** Between two refills. What settles in between goes along with the next one. */
const REFILL_REST_MS = 250;

/** After a pass that failed. */
const FAILED_REST_MS = 10_000;

/** They beat every two seconds. One that a stopping daemon took along is done anew after this time. */
const HEARTBEAT_TIMEOUT = '6s';
const surveyOptions = {
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '1s', maximumInterval: '10s' },
} as const;
// What is asked for is done by whoever serves the main queue. What is due of its own accord waits for a daemon.
const asked = proxyActivities<SurveyActivities>({ ...surveyOptions, taskQueue: MAIN_QUEUE });
const onDaemon = proxyActivities<SurveyActivities>({ ...surveyOptions, taskQueue: DAEMON_QUEUE });
const { watch } = proxyActivities<WatchActivities>({
  taskQueue: DAEMON_QUEUE,
  startToCloseTimeout: '1 day',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '1s', maximumInterval: '10s' },
});

/**
 * One run is one full pass and what follows from it: refills whenever a task settles, TinyTask changes or
 * somebody asks, until the loop interval is over or the history is long. Then it continues as new.
 */
export async function scheduler(given?: SchedulerInput): Promise<void> {
  const state = new SchedulerState(given ?? {});
  const watcher = new Watcher(state);
  let toldHeld = state.held;
  let due: 'full' | 'refill' | undefined = 'full';
  let endsAtMs = Number.POSITIVE_INFINITY;
  let restsUntilMs = 0;
  const interrupted = () => state.asked.length > 0 || state.held !== toldHeld;

  for (;;) {
    if (toldHeld !== state.held) toldHeld = await tellHeld(state);
    // Here, since whoever asks or pauses all the time must not keep it from this.
    if (hasLongHistory()) await goOnAsNew(state, watcher, interrupted);

    const asks = state.asked.splice(0);
    if (asks.length > 0) {
      const once = asks.some((ask) => ask.once);
      await passAsked(state, asks, once);
      continue;
    }
    if (due !== undefined) {
      const full: boolean = due === 'full';
      if (full) state.fullDue = false;
      state.woken = false;
      const result = await surveyOfItself(state, full, interrupted);
      if (result === 'failed') await condition(interrupted, FAILED_REST_MS);
      if (typeof result === 'string') continue;
      await carryOut(state, result);
      if (full) endsAtMs = Date.now() + result.loopIntervalMs;
      watcher.startFrom(result, endsAtMs);
      due = undefined;
      restsUntilMs = Date.now() + REFILL_REST_MS;
    }
    await condition(() => interrupted() || next() !== undefined);
    if (next() === 'refill' && Date.now() < restsUntilMs) {
      await condition(() => interrupted() || next() === 'full', restsUntilMs - Date.now());
    }
    if (interrupted()) continue;
    due = next();
    if (watcher.over) await goOnAsNew(state, watcher, interrupted);
  }

  function next(): 'full' | 'refill' | undefined {
    if (due !== undefined) return due;
    if (state.fullDue || watcher.over) return 'full';
    return state.woken || watcher.changed ? 'refill' : undefined;
  }
}

/** The watch on TinyTask that runs beside the passes, and ends when something new could start. */
class Watcher {
  changed = false;
  over = false;
  private scope: CancellationScope | undefined;
  private readonly state: SchedulerState;

  constructor(state: SchedulerState) {
    this.state = state;
  }

  /** Starts a watch where none runs: one that runs goes on over refills, since it has seen what they saw. */
  startFrom({ fingerprint, registry, report: { by } }: SurveyResult, untilMs: number): void {
    this.changed = false;
    if (this.scope !== undefined) return;
    const scope = new CancellationScope({ cancellable: true });
    this.scope = scope;
    const { runs } = this.state.surveyInput(false, false);
    scope
      .run(() => watch({ fingerprint, registry, by, untilMs, runs }))
      .then(
        (seen) => {
          this.changed = seen === 'changed';
          this.over = seen === 'over';
        },
        (error) => {
          if (!isCancellation(error)) this.over = true;
        },
      )
      .finally(() => {
        this.scope = undefined;
      });
  }

  stop(): void {
    this.scope?.cancel();
  }
}

/** Continues as new, and returns only if somebody asks or pauses before that: what is on its way would be lost. */
async function goOnAsNew(state: SchedulerState, watcher: Watcher, interrupted: () => boolean): Promise<void> {
  await condition(() => allHandlersFinished() || interrupted());
  if (interrupted()) return;
  watcher.stop();
  // The memo that was upserted does not go along by itself, and the last look before a claim reads it.
  const next = makeContinueAsNewFunc<typeof scheduler>({ memo: state.memo() });
  await next(state.successor());
}

async function passAsked(state: SchedulerState, asks: Asked[], once: boolean): Promise<void> {
  state.woken = false;
  try {
    state.answer(asks, await carryOut(state, await asked.survey(state.beginSurvey(true, once))));
  } catch (error) {
    state.refuse(asks, sayFailure(error));
  }
}

/** A pass that nobody asked for. Whoever asks or pauses while it waits for a daemon does not wait with it. */
async function surveyOfItself(
  state: SchedulerState,
  full: boolean,
  interrupted: () => boolean,
): Promise<SurveyResult | 'interrupted' | 'failed'> {
  const scope = new CancellationScope({ cancellable: true });
  let result: SurveyResult | 'failed' | undefined;
  const survey = scope
    .run(() => onDaemon.survey(state.beginSurvey(full, false)))
    .then(
      (found) => {
        result = found;
      },
      (error) => {
        if (isCancellation(error)) throw error;
        state.say(sayFailure(error));
        result = 'failed';
      },
    );
  await Promise.race([survey, condition(interrupted)]);
  if (result !== undefined) return result;
  scope.cancel();
  await survey.catch((error) => {
    if (!isCancellation(error)) throw error;
  });
  return result ?? 'interrupted';
}

/** It is tried until it succeeds, so this is one that cannot, such as a result that is too large. Throws all else. */
function sayFailure(error: unknown): string {
  if (!(error instanceof ActivityFailure)) throw error;
  return cut(`The pass failed, and is tried again: ${error.cause?.message ?? error.message}`);
}

/** Does what the survey decided. Returns the report of what was really done. */
async function carryOut(state: SchedulerState, result: SurveyResult): Promise<PassReport> {
  state.learn(result);
  const [started] = await Promise.all([startRuns(state, result), tellOrder(state, result)]);
  // More may be able to start than one survey is allowed to.
  if (result.starts.length >= MAX_STARTS || result.moreChanged) state.woken = true;
  // A run that has said that it ended says nothing when it closes.
  if (result.closing.length > 0) state.woken = true;
  const report = reportOf(result, started, state);
  const misplaced = new Set(result.misplaced);
  await inBatches(result.changed, (taskId) =>
    send({ workflowId: taskWorkflowId(taskId) }, misplaced.has(taskId) ? withdraw : lookAgain),
  );
  await tellHeldTo(result.unawareOfPause, state.held);
  state.say(sayPass(state, report));
  return report;
}

/** Tells the semaphores the ranks that they do not know, and who is coming where several ask at the same time. */
async function tellOrder(
  state: SchedulerState,
  { order: ranksOf, starts, report }: SurveyResult,
): Promise<void> {
  const expectedAt = new Map<string, Order['expected']>();
  for (const { semaphore, rank, wants } of starts)
    expectedAt.set(semaphore, [...(expectedAt.get(semaphore) ?? []), { rank, wants }]);
  const semaphores = new Set([...Object.keys(ranksOf), ...expectedAt.keys()]);
  await inBatches([...semaphores], async (semaphore) => {
    const [ranks, all] = [ranksOf[semaphore] ?? [], expectedAt.get(semaphore) ?? []];
    const expected = all.length > 1 ? all : [];
    if (ranks.length + expected.length === 0) return;
    const told = await send({ workflowId: semaphore }, order, { atMs: report.atMs, ranks, expected });
    if (told) return;
    state.forgetRanks(semaphore);
    // It was ended; a full pass starts it anew.
    state.fullDue = true;
  });
}

/** What the survey decided, less what a pause that came while it ran kept from starting. */
function reportOf(
  { report, starts }: SurveyResult,
  started: PassReport['started'],
  { paused, held }: SchedulerState,
): PassReport {
  const ids = new Set(started.map(({ taskId }) => taskId));
  const kept = starts.filter((start) => !ids.has(start.task.id));
  const carriedOut = starts.filter((start) => ids.has(start.task.id));
  const matched = carriedOut.filter((start) => start.pool !== null).length;
  return {
    ...report,
    started,
    waiting: [
      ...kept.map((start): Waiting => {
        const { taskId, agent } = startedOf(start);
        if (!held) return { taskId, reason: { why: 'running', agent } };
        return { taskId, reason: { why: paused ? 'scheduler-paused' : 'scheduler-disabled' } };
      }),
      ...report.waiting,
    ],
    waitingTotal: report.waitingTotal + kept.length,
    figures: {
      ...report.figures,
      unassignedMatched: matched,
      assignedSpawned: started.length - matched,
      tasksSpawned: started.length,
    },
  };
}

async function tellHeld(state: SchedulerState): Promise<boolean> {
  const { held, paused, semaphores } = state;
  state.say(held ? (paused ? 'Paused. Signal resume to go on.' : 'Disabled.') : 'Goes on.');
  await tellHeldTo(semaphores, held);
  return held;
}

async function tellHeldTo(semaphores: string[], held: boolean): Promise<void> {
  await inBatches(semaphores, (workflowId) => send({ workflowId }, schedulerPaused, held));
}

function sayPass(state: SchedulerState, report: PassReport): string {
  const { errors } = report;
  const last = `Pass ${state.pass}: ${report.started.length} started, ${report.waitingTotal} waiting, ${state.runs.length} open runs`;
  const trouble = errors.length === 0 ? '.' : `. Error: ${errors[0]}`;
  const held = state.paused ? 'Paused. ' : state.enabled ? '' : 'Disabled. ';
  return `${held}${last}${trouble}`;
}
