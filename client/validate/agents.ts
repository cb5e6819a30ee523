import { join } from 'node:path';
import { loadAgents } from '../../config/agent-control.ts';
import { agentLimits } from '../../config/agent-limits.ts';
import type { Config, LoadedConfig } from '../../config/config.ts';
import { readControlFile } from '../../config/control-file.ts';
import { defaultRules } from '../../config/run-rules.ts';
import { needsStarter } from '../../config/starter.ts';
import { error, type Finding, ok, type WithoutGoose, warning } from '../../contract/findings.ts';
import { inBatches } from '../../contract/in-batches.ts';
import type { Agent } from '../../domain/agent.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import { differing } from '../../domain/run-rules.ts';
import { COMMANDS_AGENT } from '../../domain/schedule/definition.ts';
import { launcherProblem } from '../../goose/program/launcher.ts';
import type { GooseProgram } from '../../goose/program/program.ts';
import { checkRecipe, type RecipeCheck } from '../../goose/recipe/check.ts';
import { type Environment, userEnvironment } from '../../goose/start/command-line.ts';
import { RUN_OWNER_VARIABLE } from '../../goose/start/marks.ts';
import { mcpUrl } from '../../tinytask/endpoint.ts';
import type { Make } from './make.ts';
import { checkWork } from './work.ts';

/** Recipes looked at at a time: goose is a process for each. */
const AT_A_TIME = 4;

export interface AgentFindings {
  findings: Finding[];
  agents: Agent[];
  /** Agents whose recipe can be run and leaves it to goose's configuration whom to ask; undefined: there is none at all. */
  withoutProvider: string[] | undefined;
}

interface Looking {
  loaded: LoadedConfig;
  /** goose's environment. */
  env: Environment;
  goose: GooseProgram | undefined;
  make: Make | undefined;
}

/** The agents in force: their limits, and of those that run here directories and recipes. */
export async function checkAgents(looking: Looking): Promise<AgentFindings> {
  const { env, make } = looking;
  const { config } = looking.loaded;
  const { agents, mode } = await loadAgents(config, { keep: false });
  if (agents.length === 0) {
    return { agents, findings: [await noAgents(looking.loaded)], withoutProvider: undefined };
  }
  const limits = await agentLimits(looking.loaded);
  const defaults = new Set(limits.filter(({ from }) => from === 'default').map(({ agent }) => agent));
  const listed = agents.filter(({ queue }) => queue !== undefined).map(({ name }) => name);
  const findings: Finding[] = [];
  const needing: string[] = [];
  let good = 0;
  const recipes = await inBatches(agents, (agent) => recipeOf(looking, agent), AT_A_TIME);
  for (const [index, agent] of agents.entries()) {
    findings.push(...limitFindings(agent, defaults, mode === 'queue' ? listed : undefined));
    findings.push(...ruleFindings(config, agent));
    const recipe = recipes[index];
    if (agent.hostGroup !== config.hostGroup) {
      const { name, hostGroup = null } = agent;
      findings.push(ok({ code: 'agent-elsewhere', agent: name, hostGroup }));
      continue;
    }
    findings.push(...startFindings(looking, agent));
    findings.push(...(await checkWork(agent, { config, env, make })));
    if (recipe === undefined) continue;
    findings.push(...recipeFindings(config, agent, recipe, looking.goose));
    if (recipe.state !== 'good') continue;
    good += 1;
    if (recipe.recipe.provider === undefined) needing.push(agent.name);
  }
  return { agents, findings, withoutProvider: good === 0 ? undefined : needing };
}

async function noAgents(loaded: LoadedConfig): Promise<Finding> {
  const { state } = await readControlFile(loaded.config.agentControlFile);
  const file = state === 'missing' ? 'missing' : state === 'broken' ? 'wrong' : 'empty';
  return error({ code: 'no-agents', file, starter: needsStarter(loaded) });
}

/** `listed`: the names in the agent control file; undefined where there is none. */
function limitFindings(
  { name: agent, queue, limit }: Agent,
  defaults: ReadonlySet<string>,
  listed: string[] | undefined,
): Finding[] {
  const findings: Finding[] = [];
  const isOfPrograms = agent === COMMANDS_AGENT;
  if (isOfPrograms) findings.push(ok({ code: 'agent-of-programs', agent, limit }));
  else if (queue === undefined && listed !== undefined) {
    const nearest = nearestName(agent, listed) ?? null;
    findings.push(warning({ code: 'agent-without-queue', agent, nearest }));
  } else if (defaults.has(agent)) findings.push(warning({ code: 'agent-without-limit', agent }));
  if (limit === 0) findings.push(warning({ code: 'agent-limit-0', agent }));
  return findings;
}

/** What holds of its runs, wherever they are, where that is not what the settings say. */
function ruleFindings(config: Config, { name: agent, rules = {} }: Agent): Finding[] {
  const instead = defaultRules(config);
  const others = differing(rules, instead);
  return Object.keys(others).length === 0 ? [] : [ok({ code: 'agent-rules', agent, rules: others, instead })];
}

/** Of an agent that runs here: whether its gooses can be started on this host as its entry says. */
function startFindings(
  { env, loaded: { config, environment } }: Looking,
  { name: agent, rules = {} }: Agent,
): Finding[] {
  const unset = (rules.env ?? []).filter((name) => environment[name] === undefined);
  const text = launcherProblem(rules.launchPrefix, { path: env.PATH, basePath: config.basePath });
  return [
    ...(unset.length === 0 ? [] : [warning({ code: 'agent-env-unset', agent, names: unset })]),
    ...(text === undefined ? [] : [error({ code: 'agent-launcher', agent, text })]),
  ];
}

/** As a run looks at it, but for the task. Undefined for an agent whose gooses run on other hosts, or that runs no goose. */
async function recipeOf(
  { loaded: { config }, env, goose }: Looking,
  { name, queue, hostGroup, rules }: Agent,
): Promise<RecipeCheck | undefined> {
  if (hostGroup !== config.hostGroup || name === COMMANDS_AGENT) return undefined;
  const { recipesDir, basePath, mcpEndpoint } = config;
  const request = { recipesDir, basePath, queue: queue ?? null, agent: name, tags: [] };
  const ownEnv = rules?.env === undefined ? env : ofAgent(env, rules.env);
  return checkRecipe({ ...request, env: ownEnv, tinytaskMcpUrl: mcpUrl(mcpEndpoint).href }, goose);
}

/** What is left of goose's environment for an agent that names its variables. */
function ofAgent(env: Environment, names: readonly string[]): Environment {
  return { ...userEnvironment(env, names), [RUN_OWNER_VARIABLE]: env[RUN_OWNER_VARIABLE] };
}

function recipeFindings(
  { recipesDir }: Config,
  { name: agent }: Agent,
  check: RecipeCheck,
  goose: GooseProgram | undefined,
): Finding[] {
  const because = goose === undefined ? 'no-goose' : goose.showsRecipes ? null : 'goose-cannot-show';
  if (check.state === 'unfit') return [error({ code: 'recipe-unfit', agent, text: check.reason, because })];
  if (check.state === 'missing') {
    return [warning({ code: 'recipe-missing', agent, path: join(recipesDir, `${agent}.yaml`) })];
  }
  const { path } = check.recipe;
  return [
    seenBy({ agent, path }, check, because ?? 'goose-cannot-show'),
    ...check.beside.map((other) => warning({ code: 'recipe-beside', agent, path, other })),
  ];
}

function seenBy(
  recipe: { agent: string; path: string },
  { checkedBy, unread }: Extract<RecipeCheck, { state: 'good' }>,
  because: WithoutGoose,
): Finding {
  if (checkedBy === 'goose') return ok({ code: 'recipe-good', ...recipe, checkedBy });
  if (unread === undefined) return ok({ code: 'recipe-looks-good', ...recipe, checkedBy, because });
  return warning({ code: 'recipe-not-checked', ...recipe, because, text: unread });
}
