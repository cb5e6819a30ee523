import { CommanderError } from 'commander';
import { AnotherScheduler } from '../../activities/serves.ts';
import { learnCall } from '../../config/called-as.ts';
import { ConfigError } from '../../config/config.ts';
import { keepToOurselves } from '../../config/own-process.ts';
import { UsageError } from './context.ts';
import { say } from './print.ts';
import { program } from './program.ts';

keepToOurselves();
learnCall();

/** Exit codes: 0 done, 1 it did not work, 2 wrong usage (also: a configuration that cannot be used). */
try {
  await program().parseAsync();
} catch (error) {
  process.exitCode = exitCode(error);
}

function exitCode(error: unknown): number {
  // commander has said it already; asking for help is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ConfigError) {
    for (const problem of error.problems) say(problem);
    return 2;
  }
  say(error instanceof Error ? error.message : String(error));
  return error instanceof UsageError || error instanceof AnotherScheduler ? 2 : 1;
}
