import { attemptLogName } from '../../contract/ids.ts';
import type { HostRequest } from '../../goose/preflight.ts';
import type { OtherProgram } from '../../goose/run/other-program.ts';
import type { ProgramOptions } from '../../goose/run/to-the-end.ts';
import { plainDirectory } from '../../goose/workplace/workplace.ts';
import type { ClaimedTask, Looking } from './runnable.ts';
import { watchTask } from './watch-task.ts';

// What goose and a program of BIN_DIR have in common when an attempt runs them.

/** What either needs of this host. */
export function hostRequest({ deps: { config }, input: { rules }, env, agent }: Looking): HostRequest {
  const { logDir, runningDir, basePath } = config;
  const workingDir = plainDirectory(agent, config);
  return {
    ...{ env, basePath, logDir, runningDir, verify: rules?.verify?.command },
    ...(workingDir !== undefined && { workingDir }),
    ...(rules?.launchPrefix && { launchPrefix: rules.launchPrefix }),
  };
}

/** What either is started with, but for its command. */
export function startOn({
  config,
  input,
  lease,
  ...run
}: ClaimedTask): Omit<OtherProgram, 'command' | 'who' | 'check' | 'held'> {
  return {
    ...{ env: run.env, cwd: run.workingDir, token: run.token },
    log: {
      dir: config.logDir,
      name: attemptLogName(input.task.id, run.runId, input.number),
      maxBytes: config.logMaxBytes,
    },
    maxRuntimeMs: input.maxRuntimeMs,
    stallMs: input.rules?.stallMs ?? config.stallMs,
    graceMs: () => lease.graceLeftMs(),
  };
}

export function optionsOn({
  lease,
  stopping,
  record,
  input,
  onLeft,
  onProgress,
}: ClaimedTask): ProgramOptions {
  return {
    signal: stopping.signal,
    obstacle: () => lease.obstacle(),
    onStarted: (goose) => {
      onProgress({ begunMs: Date.now(), limitMs: input.maxRuntimeMs });
      return record.change({ goose });
    },
    onProgress: ({ turns, tokens }) => onProgress({ turns, ...(tokens !== null && { tokens }) }),
    onLeft,
  };
}

/** Runs something for as long as the task is the agent's; else it is told to stop. */
export async function whileItsTask<T>(
  { config, tinytask, input, stopping }: ClaimedTask,
  run: () => Promise<T>,
): Promise<T> {
  const { task, agent } = input;
  const watching = watchTask(tinytask, { task, agent, completeGraceMs: config.completeGraceMs }, (why) =>
    stopping.abort(why),
  );
  try {
    return await run();
  } finally {
    watching.stop();
  }
}
