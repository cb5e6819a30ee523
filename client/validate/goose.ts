import type { LoadedConfig } from '../../config/config.ts';
import { needsStarter } from '../../config/starter.ts';
import { error, type Finding, ok, warning } from '../../contract/findings.ts';
import { readEmbeddedState } from '../../embedded/presence/state-file.ts';
import { locateGoose, type Tool } from '../../embedded/tools/tool-cache.mjs';
import { findGoose, type GooseProgram, gooseVersion } from '../../goose/program/program.ts';
import { missingProvider } from '../../goose/program/provider.ts';
import { Unfit } from '../../goose/program/unfit.ts';
import type { Environment } from '../../goose/start/command-line.ts';

interface GooseFinding {
  finding: Finding;
  /** Undefined where there is none that runs recipes. */
  goose: GooseProgram | undefined;
}

/** Whether there is a goose, as a run looks for it, and which. `env`: goose's environment. */
export async function checkGoose(
  { config, environment }: LoadedConfig,
  env: Environment,
): Promise<GooseFinding> {
  const unfit = (text: string) => ({ finding: error({ code: 'goose-unfit', text }), goose: undefined });
  let tool: Tool | undefined;
  try {
    tool = locateGoose({ env: environment, gooseBin: config.gooseBin });
  } catch (reason) {
    return unfit((reason as Error).message.replace(/\.$/, ''));
  }
  if (tool === undefined) return { finding: error({ code: 'goose-missing' }), goose: undefined };
  try {
    const goose = await findGoose(tool.path, env);
    const version = (await gooseVersion(goose.path, env)) ?? null;
    const { path } = goose;
    return { finding: ok({ code: 'goose-good', path, from: tool.from, version }), goose };
  } catch (reason) {
    if (!(reason instanceof Unfit)) throw reason;
    return unfit(reason.message);
  }
}

/** Whether goose has a model to ask. `needing`: the agents whose recipes name no provider; undefined: no recipe is known. */
export async function checkProvider(
  loaded: LoadedConfig,
  env: Environment,
  goose: GooseProgram,
  needing: string[] | undefined,
): Promise<Finding> {
  const text = await missingProvider(goose.path, env);
  if (text === undefined) return ok({ code: 'provider-good' });
  if (needing?.length === 0) return ok({ code: 'provider-of-recipes' });
  if (readEmbeddedState(loaded.config.stateDir).model !== undefined) return ok({ code: 'provider-played' });
  const missing = { code: 'provider-missing', text, agents: needing ?? null } as const;
  return needsStarter(loaded)
    ? warning({ ...missing, starter: true })
    : error({ ...missing, starter: false });
}
