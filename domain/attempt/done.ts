import type { Completion } from '../run-rules.ts';
import { type Stop, stoppedVerdict } from './judge.ts';
import type { Outcome } from './settle.ts';
import type { Verdict } from './verdict.ts';

// When the work of a goose that ended well counts as done. `outcome`: what would become of its task if nothing more was asked.

/** The verdict on an agent that has to complete its tasks itself, and did not; undefined: nothing is wrong. */
export function leftUndone(completion: Completion | undefined, outcome: Outcome): Verdict | undefined {
  if (completion !== 'agent') return undefined;
  // Open subtasks and a blocker are work that it has handed on. Setting the task to idle hands it to nobody.
  const isLeft = outcome.task === 'put-back' || (outcome.task === 'complete' && outcome.by === 'us');
  if (!isLeft) return undefined;
  return {
    kind: 'agent-failed',
    reason: 'the agent ended without completing its task or handing it on',
  };
}

/** Whether there is something to verify: a task that is handed on, or idle again, is not done anyway. */
export function isToVerify(outcome: Outcome): boolean {
  return outcome.task === 'complete';
}

/** How the command that verifies has ended. */
export interface VerifyFacts {
  /** Its program, for people. */
  program: string;
  maxRuntimeSec: number;
  /** Why it could not be started, as a clause. */
  startError?: string;
  exitCode: number | null;
  /** The signal that ended it, such as `SIGTERM`. */
  signal: string | null;
  /** Set if we stopped it. */
  stopped?: Stop | undefined;
}

/** The verdict on an attempt whose work was verified; undefined: it is what it was before. */
export function judgeVerify(facts: VerifyFacts): Verdict | undefined {
  const { program, maxRuntimeSec, startError, exitCode, signal, stopped } = facts;
  const not = (reason: string): Verdict => ({ kind: 'not-verified', reason });
  if (startError !== undefined) return not(`verify: ${program} could not be started: ${startError}`);
  if (stopped?.why === 'timed-out') return not(`verify: ${program} did not end within ${maxRuntimeSec} s`);
  if (stopped !== undefined) return stoppedVerdict(stopped);
  if (signal !== null) return not(`verify: ${program} was ended by ${signal}`);
  return exitCode === 0 ? undefined : not(`verify: ${program} exited with code ${exitCode ?? 'unknown'}`);
}
