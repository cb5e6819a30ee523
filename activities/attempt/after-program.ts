import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { attemptLogName } from '../../contract/ids.ts';
import type { Verified } from '../../contract/run.ts';
import { isToVerify, leftUndone } from '../../domain/attempt/done.ts';
import type { Stop } from '../../domain/attempt/judge.ts';
import type { Outcome } from '../../domain/attempt/settle.ts';
import type { Verdict } from '../../domain/attempt/verdict.ts';
import type { DoneRules, VerifyRule } from '../../domain/run-rules.ts';
import { runVerify } from '../../goose/run/verify.ts';
import { TinyTaskError } from '../../tinytask/errors.ts';
import { readSettlement } from '../settle/standing.ts';
import type { ClaimedTask, Ran } from './runnable.ts';
import { watchTask } from './watch-task.ts';

/** What an attempt came to. */
export interface AfterProgram {
  verdict: Verdict;
  stopped?: Stop | undefined;
  verified?: Verified;
}

/** TinyTask is asked so often before it counts as out of reach. */
const TRIES = 3;
const TRY_AGAIN_MS = 1_000;

/** Whether the work of a goose or program that has ended counts as done, by what its agent's rules ask for. */
export async function afterProgram(
  run: ClaimedTask,
  { completion, verify }: DoneRules,
  { verdict, stopped }: Pick<Ran, 'verdict' | 'stopped'>,
): Promise<AfterProgram> {
  if (verdict.kind !== 'completed' || (completion !== 'agent' && verify === undefined))
    return { verdict, stopped };
  const outcome = await whatWouldBecome(run, verdict);
  if (outcome === undefined && completion === 'agent') return { verdict: NOT_ASKED };
  const undone = outcome && leftUndone(completion, outcome);
  if (undone !== undefined) return { verdict: undone };
  if (verify === undefined || (outcome !== undefined && !isToVerify(outcome))) return { verdict };
  return verified(run, verify, verdict);
}

const NOT_ASKED: Verdict = {
  kind: 'tinytask-unavailable',
  reason: 'TinyTask could not be asked whether the agent has completed its task',
};

/** What would become of the task if nothing more was asked; undefined: TinyTask does not say. */
async function whatWouldBecome(
  { tinytask, input, config }: ClaimedTask,
  verdict: Verdict,
): Promise<Outcome | undefined> {
  const { task: ref, agent } = input;
  const end = { ref, agent, claimed: true, verdict, blockingDisabled: config.disableBlocking };
  for (let tries = 1; tries <= TRIES; tries += 1) {
    try {
      return (await readSettlement(tinytask, end)).outcome;
    } catch (error) {
      if (!(error instanceof TinyTaskError)) throw error;
      if (tries < TRIES) await sleep(TRY_AGAIN_MS);
    }
  }
  return undefined;
}

async function verified(
  run: ClaimedTask,
  { command, maxRuntimeSec }: VerifyRule,
  before: Verdict,
): Promise<AfterProgram> {
  const { tinytask, input, config, lease, stopping, record, onLeft } = run;
  const { task, agent } = input;
  // Its agent may have completed it before, which ends nothing here.
  const watching = watchTask(tinytask, { task, agent, completeGraceMs: Number.POSITIVE_INFINITY }, (why) =>
    stopping.abort(why),
  );
  const name = attemptLogName(task.id, run.runId, input.number).replace(/\.log$/, '-verify.log');
  try {
    const {
      verdict = before,
      stopped,
      seconds,
      lines,
      logName,
    } = await runVerify(
      {
        ...{ command, maxRuntimeSec, env: run.env, cwd: run.workingDir, token: run.token },
        log: { dir: config.logDir, name, maxBytes: config.logMaxBytes },
        graceMs: () => lease.graceLeftMs(),
      },
      {
        signal: stopping.signal,
        obstacle: () => lease.obstacle(),
        onStarted: (program) => record.change({ goose: program }),
        onLeft,
      },
    );
    const program = basename(command[0] ?? '');
    return { verdict, stopped, verified: { program, seconds, log: logName, lines } };
  } finally {
    watching.stop();
  }
}
