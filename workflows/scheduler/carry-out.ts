import { patched } from '@temporalio/workflow';
import type { Order } from '../../contract/contents.ts';
import { taskWorkflowId } from '../../contract/ids.ts';
import { inBatches } from '../../contract/in-batches.ts';
import { lookAgain, order, withdraw } from '../../contract/messages.ts';
import { type PassReport, type Started, type SurveyResult, startedOf } from '../../contract/pass.ts';
import type { Waiting } from '../../domain/plan/decision.ts';
import { MAX_STARTS } from '../../domain/plan/input.ts';
import { send } from '../sdk/send.ts';
import { tellHeldTo } from './held.ts';
import type { SchedulerState } from './scheduler-state.ts';
import { startRuns } from './start-runs.ts';

/** Does what the survey decided. Returns the report of what was really done. */
export async function carryOut(state: SchedulerState, result: SurveyResult): Promise<PassReport> {
  state.learn(result);
  const orders = ordersOf(result);
  const expecting = orders.filter(({ told }) => told.expected.length > 0);
  const rest = orders.filter((each) => !expecting.includes(each));
  // Before the starts: a run that has asked already would be expected for nothing, and nobody given its slot.
  const tellsFirst = expecting.length > 0 && patched('expected-before-started');
  if (tellsFirst) await tell(state, expecting);
  const [started] = await Promise.all([startRuns(state, result), tell(state, tellsFirst ? rest : orders)]);
  if (tellsFirst) await tell(state, notComing(result, expecting, started));
  // More may be able to start than one survey is allowed to.
  if (result.starts.length >= MAX_STARTS || result.moreChanged) state.wakeAtOnce();
  // A run that has told that it ended tells nothing when it closes, so it is planned for anew without being woken.
  if (result.closing.length > 0) state.wakeAtOnce();
  const report = reportOf(result, started, state);
  state.lastPass = report;
  const misplaced = new Set(result.misplaced);
  await inBatches(result.changed, (taskId) =>
    send({ workflowId: taskWorkflowId(taskId) }, misplaced.has(taskId) ? withdraw : lookAgain),
  );
  await tellHeldTo(result.unawareOfPause, state.held);
  state.say(sayPass(state, report));
  return report;
}

/** A run that is started asks within this time, also where a hundred others start on a busy machine. */
const EXPECTED_MS = 5_000;

interface OrderTo {
  semaphore: string;
  told: Order;
}

/** For each semaphore the ranks that it does not know, and which runs to expect where several will ask at once. */
function ordersOf({ order: ranksOf, starts, report: { atMs } }: SurveyResult): OrderTo[] {
  const expectedAt = new Map<string, Order['expected']>();
  // One that may not start before the processes of its last run are gone asks later.
  const asking = starts.filter(({ notBeforeMs }) => notBeforeMs <= atMs);
  for (const { semaphore, rank, wants } of asking)
    expectedAt.set(semaphore, [...(expectedAt.get(semaphore) ?? []), { rank, wants }]);
  const semaphores = new Set([...Object.keys(ranksOf), ...expectedAt.keys()]);
  return [...semaphores].flatMap((semaphore) => {
    const [ranks, all] = [ranksOf[semaphore] ?? [], expectedAt.get(semaphore) ?? []];
    const expected = all.length > 1 ? all : [];
    if (ranks.length + expected.length === 0) return [];
    return [{ semaphore, told: { atMs, ranks, expected, expectedForMs: EXPECTED_MS } }];
  });
}

/** For each semaphore that expects runs those that were not started, so that it keeps no slot for them. */
function notComing({ report: { atMs } }: SurveyResult, expecting: OrderTo[], started: Started[]): OrderTo[] {
  const ids = new Set(started.map(({ taskId }) => taskId));
  return expecting.flatMap(({ semaphore, told }) => {
    const missing = told.expected.map(({ rank }) => rank.id).filter((id) => !ids.has(id));
    if (missing.length === 0) return [];
    return [{ semaphore, told: { atMs, ranks: [], expected: [], notComing: missing } }];
  });
}

async function tell(state: SchedulerState, orders: OrderTo[]): Promise<void> {
  await inBatches(orders, async ({ semaphore, told }) => {
    if (await send({ workflowId: semaphore }, order, told)) return;
    // It was ended; a full pass starts it anew.
    state.forgetRanks(semaphore);
    state.fullDue = true;
  });
}

/** What the survey decided, less what a pause that came while it ran kept from starting. */
function reportOf(
  { report, starts }: SurveyResult,
  started: PassReport['started'],
  { paused, stopped, held }: SchedulerState,
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
        if (stopped) return { taskId, reason: { why: 'scheduler-paused', stopped } };
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

function sayPass(state: SchedulerState, report: PassReport): string {
  const { errors } = report;
  const last = `Pass ${state.pass}: ${report.started.length} started, ${report.waitingTotal} waiting, ${state.runs.length} open runs`;
  const trouble = errors.length === 0 ? '.' : `. Error: ${errors[0]}`;
  const held = state.stopped
    ? 'All agents are stopped. '
    : state.paused
      ? 'Paused. '
      : state.enabled
        ? ''
        : 'Disabled. ';
  return `${held}${last}${trouble}`;
}
