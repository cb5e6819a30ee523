import { access, constants, mkdir, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { locateGoose } from '../embedded/tool-cache.mjs';
import { loadAgents } from './agent-control.ts';
import { calledAs } from './called-as.ts';
import type { Config, LoadedConfig } from './config.ts';
import { readControlFile } from './control-file.ts';

export interface Finding {
  level: 'error' | 'warning' | 'ok';
  text: string;
}

export interface Validation {
  /** Everything that was looked at, in order; `ok` ones too. */
  problems: Finding[];
  /** What `fix` has created. */
  fixed: string[];
}

/** The agents that a control file made by `--fix` has; the Python version's. */
const DEFAULT_AGENTS = [
  { agentName: 'dispatcher', agentType: 'orchestrator' },
  { agentName: 'architect', agentType: 'architect' },
];

const TINYTASK_ANSWERS_WITHIN_MS = 2_000;

/** Looks at everything a run needs. With `fix` it creates what is missing; it never changes what is there. */
export async function validateConfig(loaded: LoadedConfig, { fix }: { fix: boolean }): Promise<Validation> {
  const { config, warnings } = loaded;
  const fixed: string[] = [];
  const create = fix ? (what: string) => fixed.push(what) : undefined;
  const problems: Finding[] = [
    ...warnings.map((text): Finding => ({ level: 'warning', text })),
    ...(await checkDirectories(config, create)),
    ...(await checkControlFile(config, create)),
    ...(await checkAgents(config)),
    checkGoose(loaded),
    await checkTinyTask(config),
  ];
  return { problems, fixed };
}

type Create = ((what: string) => void) | undefined;

async function checkDirectories(config: Config, create: Create): Promise<Finding[]> {
  const writable = [
    ['State directory', config.stateDir],
    ['Running directory', config.runningDir],
    ['Log directory', config.logDir],
    ['Working directory', config.workingDir],
  ] as const;
  const findings: Finding[] = [];
  for (const [what, path] of writable) {
    findings.push(await checkDirectory(what, path, constants.W_OK | constants.X_OK, create));
  }
  findings.push(await checkDirectory('Recipes directory', config.recipesDir, constants.R_OK, create));
  return findings;
}

async function checkDirectory(what: string, path: string, mode: number, create: Create): Promise<Finding> {
  const name = `${what} ${JSON.stringify(path)}`;
  try {
    if (create && !(await exists(path))) {
      await mkdir(path, { recursive: true, mode: 0o700 });
      create(name);
    }
    if (!(await stat(path)).isDirectory()) return { level: 'error', text: `${name} is not a directory.` };
    await access(path, mode);
    return { level: 'ok', text: `${name} is there.` };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { level: 'error', text: `${name} does not exist; --fix creates it.` };
    return { level: 'error', text: `${name} cannot be used: ${message}.` };
  }
}

async function checkControlFile(config: Config, create: Create): Promise<Finding[]> {
  const path = config.agentControlFile;
  const name = `Agent control file ${JSON.stringify(path)}`;
  let read = await readControlFile(path);
  if (read.state === 'missing' && create) {
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, `${JSON.stringify(DEFAULT_AGENTS, null, 2)}\n`, { flag: 'wx' });
      create(`${name} with ${DEFAULT_AGENTS.map(({ agentName }) => agentName).join(' and ')}`);
      read = await readControlFile(path);
    } catch (error) {
      return [{ level: 'error', text: `${name} cannot be created: ${(error as Error).message}.` }];
    }
  }
  if (read.state === 'good') {
    return [{ level: 'ok', text: `${name} lists ${read.entries.length} agents.` }];
  }
  if (read.state === 'broken') {
    return read.problems.map((problem) => ({ level: 'error', text: `${name}: ${problem}.` }));
  }
  return [
    {
      level: 'warning',
      text: `${name} does not exist: legacy mode, only tasks assigned to agents of TINYSCHEDULER_AGENT_LIMITS run; --fix creates it.`,
    },
  ];
}

async function checkAgents(config: Config): Promise<Finding[]> {
  const { agents, mode, warnings } = await loadAgents(config, { keep: false });
  const read = await readControlFile(config.agentControlFile);
  const ownLimit = new Set(
    read.state === 'good'
      ? read.entries.filter(({ limit }) => limit !== undefined).map(({ agentName }) => agentName)
      : [],
  );
  const findings: Finding[] = [];
  if (agents.length === 0) {
    findings.push({ level: 'error', text: `There are no agents, so nothing can run. ${warnings.join(' ')}` });
  }
  for (const { name, queue, limit, workingDir } of agents) {
    const quoted = JSON.stringify(name);
    if (queue === undefined && mode === 'queue') {
      findings.push({
        level: 'warning',
        text: `${quoted} has a limit and is not in the agent control file: it gets the tasks assigned to it, and none of a queue.`,
      });
    } else if (config.agentLimits[name] === undefined && !ownLimit.has(name)) {
      findings.push({ level: 'warning', text: `${quoted} has no limit, so it has 1 slot.` });
    }
    if (limit === 0) findings.push({ level: 'warning', text: `${quoted} has the limit 0 and runs nothing.` });
    if (workingDir !== undefined) {
      findings.push(
        await checkDirectory(`Working directory of ${quoted}`, workingDir, constants.W_OK, undefined),
      );
    }
    findings.push(await checkRecipe(config, name));
  }
  return findings;
}

async function checkRecipe({ recipesDir }: Config, agent: string): Promise<Finding> {
  const path = join(recipesDir, `${agent}.yaml`);
  const name = `Recipe ${JSON.stringify(path)}`;
  try {
    const inside = relative(await realpath(recipesDir), await realpath(path));
    if (inside.startsWith('..')) {
      return {
        level: 'error',
        text: `${name} is a link out of the recipes directory, where recipes are not taken from.`,
      };
    }
    await access(path, constants.R_OK);
    if (!(await stat(path)).isFile()) return { level: 'error', text: `${name} is not a file.` };
    return { level: 'ok', text: `${name} is there.` };
  } catch (error) {
    const missing = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
    return missing
      ? {
          level: 'warning',
          text: `${name} is missing: only tasks with a \`recipe:<name>\` tag can run on ${JSON.stringify(agent)}.`,
        }
      : { level: 'error', text: `${name} cannot be read: ${(error as Error).message}.` };
  }
}

function checkGoose({ config, environment }: LoadedConfig): Finding {
  try {
    const goose = locateGoose({ env: environment, gooseBin: config.gooseBin });
    if (goose) return { level: 'ok', text: `goose is ${JSON.stringify(goose.path)} (${goose.from}).` };
    return {
      level: 'error',
      text: `There is no goose on PATH. Install it, or name it with TINYSCHEDULER_GOOSE_BIN; \`${calledAs()} start\` fetches one on Linux x64.`,
    };
  } catch (error) {
    return { level: 'error', text: (error as Error).message };
  }
}

async function checkTinyTask({ mcpEndpoint, mcpEndpointExplicit }: Config): Promise<Finding> {
  const name = `TinyTask at ${mcpEndpoint}`;
  try {
    const answer = await fetch(`${mcpEndpoint}/health`, {
      signal: AbortSignal.timeout(TINYTASK_ANSWERS_WITHIN_MS),
    });
    await answer.body?.cancel();
    if (answer.ok) return { level: 'ok', text: `${name} answers.` };
    return { level: 'warning', text: `${name} answers ${answer.status} to /health; is it TinyTask?` };
  } catch (error) {
    const { cause, message } = error as Error;
    const reason = cause instanceof Error && cause.message ? cause.message : message;
    const hint = mcpEndpointExplicit
      ? 'start it, or correct TINYSCHEDULER_MCP_ENDPOINT'
      : `start it, or use \`${calledAs()} start\`, which brings one`;
    return { level: 'warning', text: `${name} does not answer (${reason}); ${hint}.` };
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}
