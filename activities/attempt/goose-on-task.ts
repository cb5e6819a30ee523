import type { Config } from '../../config/config.ts';
import type { GooseInput } from '../../contract/activities.ts';
import { attemptLogName } from '../../contract/ids.ts';
import type { KeptRecord } from '../../goose/host/run-record.ts';
import type { Recipe } from '../../goose/recipe/check.ts';
import type { Lease } from '../../goose/run/lease.ts';
import { type GooseRunResult, runGoose } from '../../goose/run/run.ts';
import { extensionNameOf, gooseCommand } from '../../goose/start/command-line.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { mcpUrl } from '../../tinytask/endpoint.ts';
import { watchTask } from './watch-task.ts';

export interface GooseOnTask {
  config: Config;
  tinytask: TinyTask;
  input: GooseInput;
  runId: string;
  gooseBin: string;
  recipe: Recipe;
  /** With the path of its program. */
  launchPrefix?: string[];
  env: Record<string, string>;
  workingDir: string;
  token: string;
  record: KeptRecord;
  lease: Lease;
  stopping: AbortController;
  onLeft: (problem: string) => void;
  /** The model has answered for the first time. */
  onModelAnswered?: () => void;
}

/** Runs goose on a claimed task, for as long as the lease holds and the task is still the agent's. */
export async function runGooseOnTask({
  config,
  tinytask,
  input,
  recipe,
  record,
  lease,
  stopping,
  onLeft,
  onModelAnswered,
  ...run
}: GooseOnTask): Promise<GooseRunResult> {
  const url = mcpUrl(config.mcpEndpoint).href;
  const ownName = recipe.tinytaskExtension ?? extensionNameOf(url);
  // goose does not speak SSE, and would end with an extension that it could not start.
  const isOlder = tinytask.speaks === 'sse';
  const brings = recipe.tinytaskExtension !== undefined || !config.tinytaskExtension || isOlder;
  const watching = watchTask(
    tinytask,
    { task: input.task, agent: input.agent, completeGraceMs: config.completeGraceMs },
    (why) => stopping.abort(why),
  );
  try {
    return await runGoose(
      {
        command: gooseCommand({
          bin: run.gooseBin,
          recipePath: recipe.path,
          taskId: input.task.id,
          agent: input.agent,
          queue: input.queue,
          attempt: input.number,
          basePath: config.basePath,
          ...(brings ? {} : { tinytaskMcpUrl: url }),
          ...(run.launchPrefix && { launchPrefix: run.launchPrefix }),
        }),
        env: run.env,
        cwd: run.workingDir,
        token: run.token,
        log: {
          dir: config.logDir,
          name: attemptLogName(input.task.id, run.runId, input.number),
          maxBytes: config.logMaxBytes,
        },
        maxRuntimeMs: input.maxRuntimeMs,
        stallMs: input.rules?.stallMs ?? config.stallMs,
        sameCalls: config.sameCalls,
        maxTokens: input.rules?.maxTokens ?? config.maxTokens,
        graceMs: () => lease.graceLeftMs(),
        ownExtension: { name: ownName, url },
        ...(recipe.ofTask && { taskRecipe: recipe.ofTask }),
        ...(recipe.extensions && { extensions: recipe.extensions }),
      },
      {
        signal: stopping.signal,
        obstacle: () => lease.obstacle(),
        onStarted: (goose) => record.change({ goose }),
        onLeft,
        ...(onModelAnswered && { onModelAnswered }),
      },
    );
  } finally {
    watching.stop();
  }
}
