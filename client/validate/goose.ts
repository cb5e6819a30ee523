import { calledAs } from '../../config/called-as.ts';
import type { LoadedConfig } from '../../config/config.ts';
import { error, type Finding, ok, warning } from '../../config/finding.ts';
import { needsStarter } from '../../config/starter.ts';
import { readEmbeddedState } from '../../embedded/presence/state-file.ts';
import { locateGoose, type Tool } from '../../embedded/tools/tool-cache.mjs';
import { findGoose, type GooseProgram, gooseVersion } from '../../goose/program/program.ts';
import { missingProvider } from '../../goose/program/provider.ts';
import { Unfit } from '../../goose/program/unfit.ts';
import { userEnvironment } from '../../goose/start/command-line.ts';

export interface GooseFinding {
  finding: Finding;
  /** Undefined where there is none that runs recipes. */
  goose: GooseProgram | undefined;
}

/** Whether there is a goose, as a run looks for it, and which. */
export async function checkGoose({ config, environment }: LoadedConfig): Promise<GooseFinding> {
  const env = userEnvironment(environment);
  let tool: Tool | undefined;
  try {
    tool = locateGoose({ env: environment, gooseBin: config.gooseBin });
  } catch (reason) {
    return { finding: error((reason as Error).message), goose: undefined };
  }
  if (tool === undefined) {
    const text = `There is no goose on PATH. Install it, or name it with TINYSCHEDULER_GOOSE_BIN; \`${calledAs()} start\` fetches one on Linux x64.`;
    return { finding: error(text), goose: undefined };
  }
  try {
    const goose = await findGoose(tool.path, env);
    const version = await gooseVersion(goose.path, env);
    const which = [tool.from, ...(version === undefined ? [] : [`version ${version}`])].join(', ');
    return { finding: ok(`goose is ${JSON.stringify(goose.path)} (${which}).`), goose };
  } catch (reason) {
    if (!(reason instanceof Unfit)) throw reason;
    return { finding: error(`goose: ${reason.message}.`), goose: undefined };
  }
}

/** Whether goose has a model to ask. `needing`: the agents whose recipes name no provider; undefined: no recipe is known. */
export async function checkProvider(
  loaded: LoadedConfig,
  goose: GooseProgram,
  needing: string[] | undefined,
): Promise<Finding> {
  const missing = await missingProvider(goose.path, userEnvironment(loaded.environment));
  if (missing === undefined) return ok('goose has a model provider.');
  if (needing?.length === 0) return ok('Each recipe names its model provider.');
  if (readEmbeddedState(loaded.config.stateDir).model !== undefined) {
    return ok('goose has no model provider, and the script of the running `start` answers in its place.');
  }
  if (needsStarter(loaded)) {
    return warning(`${missing}; until then \`${calledAs()} start\` has a script answer in its place.`);
  }
  const agents = needing?.map((name) => JSON.stringify(name)).join(', ');
  return error(`${missing}${agents === undefined ? '' : `; needed by ${agents}`}.`);
}
