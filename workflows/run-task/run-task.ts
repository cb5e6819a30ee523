import { CancellationScope } from '@temporalio/workflow';
import {
  type AttemptResult,
  type RunInput,
  type RunResult,
  saysOfAgent,
  spentOf,
} from '../../contract/run.ts';
import { type Decided, type Follow, follow } from '../../domain/attempt/follow.ts';
import type { Verdict, VerdictKind } from '../../domain/attempt/verdict.ts';
import { doneRules } from '../../domain/run-rules.ts';
import type { Grant } from '../../domain/slots/pool.ts';
import { attempt, settingsUnder } from './attempt.ts';
import { backOff, park } from './intermission.ts';
import { handleMessages } from './messages.ts';
import { giveBack, waitForSlot } from './slot.ts';
import { TaskRun } from './task-run.ts';
import { settle } from './write-back.ts';

/**
 * The whole life of one task, through every attempt: slot, goose, release, settle, back off, park. Its
 * workflow id makes a second run of the same task impossible.
 */
export async function runTask(input: RunInput): Promise<RunResult> {
  const run = new TaskRun(input);
  handleMessages(run);
  // A cancelled run still stops goose, writes back and parks, so only goose itself is cancelled.
  return CancellationScope.nonCancellable(() => live(run));
}

async function live(run: TaskRun): Promise<RunResult> {
  let goesOn = await comeBack(run);
  while (goesOn) {
    const got = await waitForSlot(run);
    if (got === 'over') break;
    if (got === 'cancelled') {
      run.retried = false;
      goesOn = await park(run, run.whyCancelled);
      continue;
    }
    const result = await attempt(run, got);
    // A `retry` that came while the attempt was under way has nothing to do, and must not un-park the run later.
    run.retried = false;
    // Nor has a `withdraw`, unless no attempt was made: then the run is in line again, and may have to leave.
    if (result.noAttempt === undefined) run.withdrawn = false;
    run.usedUp(got);
    const said = { verdict: saysOfAgent(result), spent: spentOf(result, got.agent) };
    await giveBack(run, result.slotReleased ? undefined : got, said);
    goesOn = result.noAttempt !== undefined || (await conclude(run, got, result));
  }
  return run.result();
}

/** Where a run goes on that continued as new. */
async function comeBack(run: TaskRun): Promise<boolean> {
  const { resume } = run.input;
  if (resume === undefined) return true;
  return resume.phase === 'parked' ? park(run, resume.reason) : backOff(run, resume.untilMs, resume.reason);
}

/** Writes back what the attempt came to, and does what follows. False when the run is over. */
async function conclude(run: TaskRun, grant: Grant, result: AttemptResult): Promise<boolean> {
  const settings = settingsUnder(run.input.settings, grant);
  const decided = saidWhy(run, result, follow(run.past, result, settings, Date.now()));
  const {
    past,
    follow: next,
    schedulerTold,
  } = await settle(run, result, decided, { policy: settings, rules: doneRules(grant.rules) });
  run.remember(past, ...whyItRests(next, result.verdict));
  switch (next.next) {
    case 'end':
      if (schedulerTold) await run.tellOccurrence('ended');
      else await run.tellScheduler('ended');
      return false;
    case 'again':
      return true;
    case 'back-off':
      return backOff(run, next.untilMs, result.verdict.reason);
    case 'park':
      return park(run, next.reason);
  }
}

/** Who cancelled it said why to the run alone. */
function saidWhy(run: TaskRun, { cancelledBy }: AttemptResult, decided: Decided): Decided {
  if (cancelledBy !== 'person' || decided.follow.next !== 'park') return decided;
  return { ...decided, follow: { next: 'park', reason: run.whyCancelled } };
}

function whyItRests(next: Follow, verdict: Verdict): [] | [why: string, verdict: VerdictKind] {
  switch (next.next) {
    case 'end':
    case 'again':
      return [];
    case 'back-off':
      return [verdict.reason, verdict.kind];
    case 'park':
      return [next.reason, verdict.kind];
  }
}
