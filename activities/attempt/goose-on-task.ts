import { agentFiles } from '../../config/starter.ts';
import { type PreflightResult, preflight } from '../../goose/preflight.ts';
import { type GooseRunResult, runGoose } from '../../goose/run/run.ts';
import { extensionNameOf, gooseCommand } from '../../goose/start/command-line.ts';
import { mcpUrl } from '../../tinytask/endpoint.ts';
import { hostRequest, optionsOn, startOn, whileItsTask } from './program-on-task.ts';
import type { ClaimedTask, Found, Looking } from './runnable.ts';

/** goose with the recipe of a task. */
export async function gooseFor(looking: Looking): Promise<Found> {
  const { deps, input, env, task } = looking;
  const { config, gooseBin } = deps;
  const ready = await preflight({
    ...hostRequest(looking),
    ...{ gooseBin, env, recipesDir: agentFiles(config).recipesDir },
    ...{ agent: input.agent, queue: input.queue, tags: task?.tags ?? [] },
    tinytaskMcpUrl: mcpUrl(config.mcpEndpoint).href,
  });
  if (!ready.ok) return { instead: { verdict: ready.verdict } };
  return {
    runnable: {
      async run(on) {
        const { facts, tokens, ...ran } = await runGooseOnTask({ ...on, ...ready });
        return { ...ran, stopped: facts.stopped, tokens: tokens?.total ?? null, recipe: ready.recipe.name };
      },
    },
  };
}

type Ready = Omit<Extract<PreflightResult, { ok: true }>, 'ok'>;

export async function runGooseOnTask(on: ClaimedTask & Ready): Promise<GooseRunResult> {
  const { config, tinytask, input, recipe, gooseBin, launchPrefix, onModelAnswered } = on;
  const url = mcpUrl(config.mcpEndpoint).href;
  const ownName = recipe.tinytaskExtension ?? extensionNameOf(url);
  // goose does not speak SSE, and would end with an extension that it could not start.
  const isOlder = tinytask.speaks === 'sse';
  const brings = recipe.tinytaskExtension !== undefined || !config.tinytaskExtension || isOlder;
  const command = gooseCommand({
    bin: gooseBin,
    recipePath: recipe.path,
    taskId: input.task.id,
    agent: input.agent,
    queue: input.queue,
    attempt: input.number,
    basePath: config.basePath,
    ...(brings ? {} : { tinytaskMcpUrl: url }),
    ...(launchPrefix && { launchPrefix }),
  });
  return whileItsTask(on, () =>
    runGoose(
      {
        ...startOn(on),
        command,
        sameCalls: config.sameCalls,
        maxTokens: input.rules?.maxTokens ?? config.maxTokens,
        ownExtension: { name: ownName, url },
        ...(recipe.ofTask && { taskRecipe: recipe.ofTask }),
        ...(recipe.extensions && { extensions: recipe.extensions }),
      },
      { ...optionsOn(on), ...(onModelAnswered && { onModelAnswered }) },
    ),
  );
}
