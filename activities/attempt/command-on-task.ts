import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { type CommandWanted, commandOf } from '../../contract/command-of.ts';
import type { Verdict } from '../../domain/attempt/verdict.ts';
import { isSameTask, occurrenceNamed, type Task } from '../../domain/task.ts';
import { preflightHost } from '../../goose/preflight.ts';
import { programInBinDir } from '../../goose/program/bin-dir.ts';
import { NotRunnable, Unfit, unfitVerdict } from '../../goose/program/unfit.ts';
import { runCommand } from '../../goose/run/command.ts';
import { describedOccurrence } from '../../temporal/described-occurrence.ts';
import { notStarted } from './attempt-result.ts';
import { hostRequest, optionsOn, startOn, whileItsTask } from './program-on-task.ts';
import type { ClaimedTask, Found, Looking, Ran } from './runnable.ts';

/** The program of BIN_DIR that the occurrence of a task has it run. */
export async function commandFor(looking: Looking): Promise<Found> {
  const { deps, input, task } = looking;
  const { binDir } = deps.config;
  if (task === undefined || !isSameTask(task, input.task)) return instead(DELETED);
  try {
    if (binDir === undefined) throw new Unfit(NO_BIN_DIR);
    const wanted = await commandWanted(looking, task);
    if (wanted === undefined) return { instead: { noAttempt: 'paused', verdict: NOT_ASKED } };
    // A disk that does not answer holds up this attempt alone: the look that follows waits in everybody's thread.
    await stat(join(binDir, wanted.command)).catch(() => undefined);
    const path = programInBinDir(binDir, wanted.command);
    const launchPrefix = await preflightHost(hostRequest(looking));
    return { runnable: { run: (on) => runOnTask(on, { binDir, wanted, path, launchPrefix }) } };
  } catch (error) {
    return instead(unfitVerdict(error));
  }
}

const instead = (verdict: Verdict): Found => ({ instead: { verdict } });

const DELETED: Verdict = { kind: 'not-ours', reason: 'not started: it was deleted' };
const NOT_ASKED = notStarted('the server could not be asked for its occurrence');
const NO_BIN_DIR =
  'programs are not run on this host: set TINYSCHEDULER_BIN_DIR to their directory, here too, and start the worker again';
const NOT_MADE =
  'it is given to the agent of programs, which runs what a schedule says and nothing else: make a schedule with --command, or give the task to another agent';

/** The server is asked so often, since a slot that is given back is soon given again. */
const TRIES = 5;
const TRY_AGAIN_MS = 1_000;

/** Undefined: the server does not answer. @throws NotRunnable */
async function commandWanted(
  { deps, signal }: Looking,
  { tags, ...task }: Task,
): Promise<CommandWanted | undefined> {
  const occurrence = occurrenceNamed(tags);
  if (occurrence === undefined) throw new NotRunnable(NOT_MADE);
  const described = await untilAnswered(deps.client, occurrence, signal);
  if (described === 'no answer') return undefined;
  const quoted = JSON.stringify(occurrence);
  if (described === undefined)
    throw new NotRunnable(`the server knows no occurrence ${quoted}, which its tag names`);
  const wanted = commandOf(task, described);
  if ('refused' in wanted) throw new NotRunnable(wanted.refused);
  return wanted;
}

async function untilAnswered(client: Client, occurrence: string, signal: AbortSignal) {
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      return await describedOccurrence(client, occurrence);
    } catch {
      if (tries === TRIES) break;
      await sleep(TRY_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return 'no answer';
}

interface Command {
  binDir: string;
  wanted: CommandWanted;
  path: string;
  launchPrefix: string[] | undefined;
}

async function runOnTask(on: ClaimedTask, { binDir, wanted, path, launchPrefix }: Command): Promise<Ran> {
  const { command: program, args } = wanted;
  const start = startOn(on);
  const env = { ...start.env, ...variablesOf(wanted, on.input.task.id) };
  const ran = await whileItsTask(on, () =>
    runCommand({ ...start, env, binDir, program, path, args, launchPrefix }, optionsOn(on)),
  );
  return { ...ran, turns: 0, tokens: 0 };
}

/** What a program learns of why it runs; docs/configuration.md lists it. */
function variablesOf({ schedule, occurrence, plannedMs }: CommandWanted, taskId: number) {
  return {
    TINYSCHEDULER_SCHEDULE: schedule,
    TINYSCHEDULER_OCCURRENCE: occurrence,
    TINYSCHEDULER_PLANNED_AT: `${new Date(plannedMs).toISOString().slice(0, 19)}Z`,
    TINYSCHEDULER_TASK_ID: String(taskId),
  };
}
