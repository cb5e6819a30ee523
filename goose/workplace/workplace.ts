import type { Agent } from '../../domain/agent.ts';
import type { TaskRef } from '../../domain/task.ts';
import { fillTemplate, isTemplate } from '../../domain/working-dir.ts';
import { RUN_TOKEN_VARIABLE } from '../start/marks.ts';
import { checkWorkingDir } from './check.ts';
import { type CleanedUp, cleanUp } from './clean-up.ts';
import { findGit } from './git.ts';
import { makeInside } from './made-directory.ts';
import { findRepository } from './repository.ts';
import { openWorktree } from './worktree.ts';
import { worktreeRoot } from './worktree-record.ts';

/** The keys of an agent that say where it works. */
export type AgentPlaces = Pick<Agent, 'name' | 'workingDir' | 'worktree'>;

export interface WorkplaceSettings {
  basePath: string;
  stateDir: string;
  /** Of an agent that names none. */
  workingDir: string;
}

/** Where the goose of an attempt works. */
export interface Workplace {
  path: string;
  /** The attempt is over, and the run still has its record. */
  leave(): Promise<void>;
  /** Removes what the agent has beyond what stays. Call it when the run has no record any more. */
  cleanUp(isRunning: (taskId: number) => Promise<boolean>): Promise<CleanedUp[]>;
}

/** The directory that an agent's goose works in whatever its task; undefined: it is made for the task. */
export function plainDirectory(
  { workingDir, worktree }: AgentPlaces,
  settings: WorkplaceSettings,
): string | undefined {
  if (worktree !== undefined) return undefined;
  if (workingDir === undefined) return settings.workingDir;
  return isTemplate(workingDir) ? undefined : workingDir;
}

/**
 * The workplace of an attempt, made if it is missing. Call it when nothing of an earlier attempt at the task lives.
 *
 * @param env the environment of the run, so that whoever ends the run ends its git, too
 * @throws Unfit; UnfitTask where other tasks of the agent are well; what the system says where the disk is full or broken
 */
export async function openWorkplace(
  agent: AgentPlaces,
  {
    task,
    env,
    signal,
    ...settings
  }: WorkplaceSettings & {
    task: TaskRef;
    env: Record<string, string>;
    signal: AbortSignal;
  },
): Promise<Workplace> {
  const { worktree: rule, name, workingDir } = agent;
  const nothingToLeave = { leave: async () => undefined, cleanUp: async () => [] };
  const plain = plainDirectory(agent, settings);
  if (plain !== undefined) return { path: plain, ...nothingToLeave };
  if (rule === undefined) {
    const wanted = fillTemplate(workingDir ?? '', { taskId: task.id, agent: name });
    const path = await makeInside(settings.basePath, wanted);
    await checkWorkingDir(path);
    return { path, ...nothingToLeave };
  }
  const git = findGit(env, signal);
  const repository = await findRepository(git, rule);
  const root = worktreeRoot(settings.stateDir, repository.gitDir);
  const { path, leave } = await openWorktree({ git, repository, root, task, agent: name });
  await checkWorkingDir(path);
  return {
    path,
    leave,
    cleanUp: (isRunning) =>
      cleanUp({ ...ofNoRun(env), repository, root, agent: name, rule, isRunning, nowMs: Date.now() }),
  };
}

/** What cleans up is no process of the run, which is over. */
function ofNoRun(env: Record<string, string>) {
  const { [RUN_TOKEN_VARIABLE]: _, ...rest } = env;
  return { git: findGit(rest) };
}
