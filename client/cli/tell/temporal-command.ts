import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { temporalEnvironment } from '../../../config/temporal.ts';
import { findTemporalCli } from '../../../embedded/tools/tool-cache.mjs';
import type { Context } from '../call/context.ts';
import { say } from '../show/print.ts';

/**
 * `temporal …`: Temporal's own command line, the one that TinyScheduler uses, with the server and namespace of this base
 * path. They go along in the environment, as keys do, so a flag such as `--address` counts more, and nothing of it is
 * seen in the list of processes. Returns its exit code; 128 and the signal's number when a signal ended it.
 */
export async function passToTemporal({ loaded, temporal }: Context, args: string[]): Promise<number> {
  const cli = await findTemporalCli({ env: loaded.environment, onProgress: say });
  let child: ChildProcess | undefined;
  // Before the start: a signal that comes in between must not leave it behind.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A terminal's Ctrl-C has reached it already.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child?.kill(signal);
    });
  }
  child = spawn(cli.path, args, {
    stdio: 'inherit',
    env: temporalEnvironment(loaded.environment, temporal),
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
