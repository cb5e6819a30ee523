import { resolve } from 'node:path';
import type { Agent, AgentRegistry } from '../domain/agent.ts';
import type { Budget } from '../domain/budget.ts';
import { COMMANDS_AGENT } from '../domain/schedule/definition.ts';
import { isTemplate } from '../domain/working-dir.ts';
import { calledAs } from './called-as.ts';
import type { Config } from './config.ts';
import type { ControlEntry } from './control-entry.ts';
import { readControlFile } from './control-file.ts';
import { keepLastGood, readLastGood } from './last-good.ts';
import { rulesOf, type WrittenRules } from './run-rules.ts';
import { agentFiles } from './starter.ts';

type AgentSettings = Pick<
  Config,
  'agentControlFile' | 'agentLimits' | 'basePath' | 'binDir' | 'recipesDir' | 'starter' | 'stateDir'
>;

const LIMIT_OF_UNLISTED = 1;

/**
 * The agents in force. Only a control file that is not there means legacy mode; one that cannot be used leaves
 * the last good one in force, and where there is none, no agents at all, so that a slip of the pen never
 * changes how tasks are handed out. A good one is copied for the next start, unless `keep` is false. Does not throw.
 */
export async function loadAgents(
  config: AgentSettings,
  options?: { keep?: boolean },
): Promise<AgentRegistry> {
  const { entries, ...registry } = await readAgents(config, options);
  const isMeant = entries.some(isOfCommands) || COMMANDS_AGENT in config.agentLimits;
  return config.binDir === undefined && isMeant
    ? { ...registry, warnings: [...registry.warnings, COMMANDS_OFF] }
    : registry;
}

const isOfCommands = ({ agentName }: ControlEntry) => agentName === COMMANDS_AGENT;

const COMMANDS_OFF =
  `The agent "${COMMANDS_AGENT}" runs the programs of schedules and no goose, and it is off, since TINYSCHEDULER_BIN_DIR is not ` +
  'set: set it, or give an agent that is to run goose another name.';

/** `entries`: of the control file that counts. */
async function readAgents(
  config: AgentSettings,
  { keep = true } = {},
): Promise<AgentRegistry & { entries: ControlEntry[] }> {
  const { agentControlFile: file } = agentFiles(config);
  const quoted = JSON.stringify(file);
  const read = await readControlFile(file);
  if (read.state === 'missing') {
    return {
      entries: [],
      agents: registered(config, []),
      mode: 'legacy',
      warnings: [
        `LEGACY MODE: there is no agent control file ${quoted}. Only tasks that are already assigned to an agent of ` +
          'TINYSCHEDULER_AGENT_LIMITS will run; unassigned tasks of queues will not. ' +
          `\`${calledAs()} validate-config --fix\` creates the file.`,
      ],
    };
  }
  if (read.state === 'good') {
    const failure = keep && (await keepLastGood(config.stateDir, file, read.entries));
    const warnings = read.warnings.map((warning) => `The agent control file ${quoted}: ${warning}.`);
    if (read.entries.length === 0) warnings.push(`The agent control file ${quoted} lists no agents.`);
    if (failure) warnings.push(`A copy of the agent control file could not be kept: ${failure}.`);
    const { entries } = read;
    return { entries, agents: registered(config, entries), mode: 'queue', warnings };
  }
  const wrong = `The agent control file ${quoted} cannot be used: ${read.problems.join('; ')}.`;
  const entries = await readLastGood(config.stateDir, file);
  return entries
    ? {
        entries,
        agents: registered(config, entries),
        mode: 'queue',
        warnings: [
          `${wrong} The last good one (${entries.length} agents) stays in force until it is repaired.`,
        ],
      }
    : {
        entries: [],
        agents: [],
        mode: 'queue',
        warnings: [`${wrong} No good one has been seen before, so nothing is started until it is repaired.`],
      };
}

function registered(config: AgentSettings, entries: ControlEntry[]): Agent[] {
  const poolBudgets = new Map(
    entries.flatMap(({ agentType, poolBudget }) => (poolBudget ? [[agentType, poolBudget] as const] : [])),
  );
  const listed = entries
    .filter((entry) => !isOfCommands(entry))
    .map((entry) => registeredAs(config, entry, poolBudgets.get(entry.agentType)));
  const names = new Set([...listed.map(({ name }) => name), COMMANDS_AGENT]);
  return [...listed, ...unlisted(config, names), ...ofCommands(config, entries.find(isOfCommands))];
}

/**
 * The agent of the programs of schedules, where there are any. It serves no queue, whatever its entry says, since it runs
 * nothing but what a schedule has made for it; and it takes no tokens, so it has no budget.
 */
function ofCommands(config: AgentSettings, entry: ControlEntry | undefined): Agent[] {
  if (config.binDir === undefined) return [];
  if (entry === undefined)
    return [{ name: COMMANDS_AGENT, limit: config.agentLimits[COMMANDS_AGENT] ?? LIMIT_OF_UNLISTED }];
  const { queue: _, budget: __, ...agent } = registeredAs(config, entry, undefined);
  return [agent];
}

/** @param poolBudget of its pool, whichever entry has it */
function registeredAs(config: AgentSettings, entry: ControlEntry, poolBudget: Budget | undefined): Agent {
  const { agentName, agentType, limit, hostGroup, workingDir, worktree, budget } = entry;
  return {
    name: agentName,
    queue: agentType,
    limit: config.agentLimits[agentName] ?? limit ?? LIMIT_OF_UNLISTED,
    ...(hostGroup !== undefined && { hostGroup }),
    ...(workingDir !== undefined && { workingDir: fromBasePath(config, workingDir) }),
    ...(worktree !== undefined && {
      worktree: { ...worktree, repository: resolve(config.basePath, worktree.repository) },
    }),
    ...ruled(entry),
    ...(budget && { budget }),
    ...(poolBudget && { poolBudget }),
  };
}

function ruled(written: WrittenRules): Pick<Agent, 'rules'> {
  const rules = rulesOf(written);
  return rules === undefined ? {} : { rules };
}

/** A template stays as it is, since the base path itself may have braces in it. */
function fromBasePath({ basePath }: AgentSettings, path: string): string {
  return isTemplate(path) ? path : resolve(basePath, path);
}

/** Agents that only have a limit: they get the tasks assigned to them, and no queue's. */
function unlisted({ agentLimits }: AgentSettings, listed: Set<string>): Agent[] {
  return Object.entries(agentLimits)
    .filter(([name]) => !listed.has(name))
    .map(([name, limit]) => ({ name, limit }));
}
