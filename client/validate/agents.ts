import { join } from 'node:path';
import { loadAgents } from '../../config/agent-control.ts';
import type { Config, LoadedConfig } from '../../config/config.ts';
import { readControlFile } from '../../config/control-file.ts';
import { checkWorkingDirectory } from '../../config/directories.ts';
import { error, type Finding, ok, warning } from '../../config/finding.ts';
import type { Agent } from '../../domain/agent.ts';
import type { GooseProgram } from '../../goose/program/program.ts';
import { checkRecipe, type RecipeCheck } from '../../goose/recipe/check.ts';
import { userEnvironment } from '../../goose/start/command-line.ts';
import { mcpUrl } from '../../tinytask/endpoint.ts';

/** Recipes looked at at a time: goose is a process for each. */
const AT_A_TIME = 4;

export interface AgentFindings {
  findings: Finding[];
  /** Agents whose recipe can be run and leaves it to goose's configuration whom to ask; undefined: there is none at all. */
  withoutProvider: string[] | undefined;
}

/** The agents in force: their limits, directories and recipes. */
export async function checkAgents(
  loaded: LoadedConfig,
  goose: GooseProgram | undefined,
): Promise<AgentFindings> {
  const { config } = loaded;
  const { agents, mode, warnings } = await loadAgents(config, { keep: false });
  if (agents.length === 0) {
    const text = `There are no agents, so nothing can run. ${warnings.join(' ')}`;
    return { findings: [error(text)], withoutProvider: undefined };
  }
  const ownLimit = await agentsWithOwnLimit(config);
  const findings: Finding[] = [];
  const needing: string[] = [];
  let good = 0;
  for (let at = 0; at < agents.length; at += AT_A_TIME) {
    const some = agents.slice(at, at + AT_A_TIME);
    const recipes = await Promise.all(some.map((agent) => recipeOf(loaded, agent, goose)));
    for (const [index, agent] of some.entries()) {
      const recipe = recipes[index];
      findings.push(...limitFindings(config, agent, mode, ownLimit));
      if (agent.workingDir !== undefined) {
        const what = `Working directory of ${JSON.stringify(agent.name)}`;
        findings.push(...(await checkWorkingDirectory(what, agent.workingDir)));
      }
      if (recipe === undefined) continue;
      findings.push(...recipeFindings(config, agent, recipe, goose));
      if (recipe.state !== 'good') continue;
      good += 1;
      if (recipe.recipe.provider === undefined) needing.push(agent.name);
    }
  }
  return { findings, withoutProvider: good === 0 ? undefined : needing };
}

async function agentsWithOwnLimit({ agentControlFile }: Config): Promise<Set<string>> {
  const read = await readControlFile(agentControlFile);
  const entries = read.state === 'good' ? read.entries : [];
  return new Set(entries.filter(({ limit }) => limit !== undefined).map(({ agentName }) => agentName));
}

function limitFindings(config: Config, agent: Agent, mode: string, ownLimit: Set<string>): Finding[] {
  const findings: Finding[] = [];
  const quoted = JSON.stringify(agent.name);
  if (agent.queue === undefined && mode === 'queue') {
    findings.push(
      warning(
        `${quoted} has a limit and is not in the agent control file: it gets the tasks assigned to it, and none of a queue.`,
      ),
    );
  } else if (config.agentLimits[agent.name] === undefined && !ownLimit.has(agent.name)) {
    findings.push(warning(`${quoted} has no limit, so it has 1 slot.`));
  }
  if (agent.limit === 0) findings.push(warning(`${quoted} has the limit 0 and runs nothing.`));
  return findings;
}

/** As a run looks at it, but for the task. */
function recipeOf(
  { config, environment }: LoadedConfig,
  { name, queue }: Agent,
  goose: GooseProgram | undefined,
): Promise<RecipeCheck> {
  const { recipesDir, basePath, mcpEndpoint } = config;
  return checkRecipe(
    {
      ...{ recipesDir, basePath },
      queue: queue ?? null,
      agent: name,
      tags: [],
      tinytaskMcpUrl: mcpUrl(mcpEndpoint).href,
      env: userEnvironment(environment),
    },
    goose,
  );
}

function recipeFindings(
  { recipesDir }: Config,
  { name }: Agent,
  check: RecipeCheck,
  goose: GooseProgram | undefined,
): Finding[] {
  const of = `Recipe of ${JSON.stringify(name)}`;
  if (check.state === 'unfit') return [error(`${of}: ${check.reason}.`)];
  if (check.state === 'missing') {
    const path = JSON.stringify(join(recipesDir, `${name}.yaml`));
    return [
      warning(
        `Recipe ${path} is missing: only tasks with a \`recipe:<name>\` tag can run on ${JSON.stringify(name)}.`,
      ),
    ];
  }
  const { recipe, beside } = check;
  const path = JSON.stringify(recipe.path);
  return [
    seenBy(`${of}, ${path},`, check, goose),
    ...beside.map((other) => warning(`${of}: ${JSON.stringify(other)} does not count, since ${path} does.`)),
  ];
}

function seenBy(
  of: string,
  { checkedBy, unread }: Extract<RecipeCheck, { state: 'good' }>,
  goose: GooseProgram | undefined,
): Finding {
  if (checkedBy === 'goose') return ok(`${of} can be run: goose has checked it.`);
  const why = goose === undefined ? 'there is no goose' : 'this goose cannot show recipes';
  if (unread === undefined) return ok(`${of} looks well, and goose has not checked it: ${why}.`);
  return warning(`${of} could not be checked: ${why}, and without it ${unread}.`);
}
