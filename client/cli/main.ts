import { CommanderError } from 'commander';
import { ConfigError } from '../../config/config.ts';
import { keepToOurselves } from '../../config/own-process.ts';
import type { Ended } from '../../embedded/piece.ts';
import { UsageError } from './context.ts';
import { say } from './print.ts';
import { program } from './program.ts';
import { outliveReaders } from './readers.ts';

keepToOurselves();
outliveReaders();

/** Exit codes: 0 done, 1 it did not work, 2 wrong usage (also: a configuration that cannot be used). */
try {
  await program().parseAsync();
} catch (error) {
  process.exitCode = exitCode(error);
  await tellStarter({ problem: messageOf(error) });
}
// An open channel would keep a process going that has nothing more to do.
if (process.connected) process.disconnect();

function exitCode(error: unknown): number {
  // commander has said it already; asking for help is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ConfigError) {
    for (const problem of error.problems) say(problem);
    return 2;
  }
  say(messageOf(error));
  return error instanceof UsageError ? 2 : 1;
}

/** A command that was started by another of ours is waited for with a time-out, and its log may be read by nobody. */
function tellStarter(ended: Ended): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected && process.send) process.send(ended, () => resolve());
    else resolve();
  });
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Temporal's errors say what failed; why is in their cause.
  const { details } = (error.cause ?? {}) as { details?: unknown };
  return typeof details === 'string' && details !== '' ? `${error.message}: ${details}` : error.message;
}
