import { CommanderError } from 'commander';
import { ConfigError } from '../../../config/config.ts';
import { type ErrorCode, SchedulerError } from '../../../contract/errors.ts';
import { ToolNotFoundError } from '../../../embedded/tools/tool-cache.mjs';
import { isDenied, sayDenied } from '../../../words/denied.ts';
import { say } from '../show/print.ts';
import { UsageError } from './context.ts';

const OURS = [SchedulerError, UsageError, CommanderError, ConfigError];
const NO_USE_TO_TRY_AGAIN: ErrorCode[] = ['another-scheduler', 'anothers-tinytask', 'existing-schedule'];

/**
 * Says what was wrong and returns the exit code for it: 1, it did not work; 2, wrong usage, or a configuration or a
 * machine that cannot be used, where trying again is no use. Asking for help is no error: 0.
 */
export async function exitCodeOf(error: unknown): Promise<number> {
  // commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ConfigError) {
    for (const problem of error.problems) say(problem);
    return 2;
  }
  say(await messageOf(error));
  return isOfNoUse(error) ? 2 : 1;
}

function isOfNoUse(error: unknown): boolean {
  if (error instanceof SchedulerError) return NO_USE_TO_TRY_AGAIN.includes(error.code);
  return error instanceof UsageError || error instanceof ToolNotFoundError;
}

export async function messageOf(error: unknown): Promise<string> {
  const told = await asTold(error);
  if (!(told instanceof Error)) return String(told);
  return isDenied(told) ? sayDenied(told) : told.message;
}

/** What Temporal failed with is told by loading much of Temporal; what is known to be ours needs none of it. */
async function asTold(error: unknown): Promise<unknown> {
  if (OURS.some((kind) => error instanceof kind)) return error;
  return (await import('../../errors.ts')).asSchedulerError(error);
}
