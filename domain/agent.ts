import type { Budget } from './budget.ts';
import type { RunRules } from './run-rules.ts';

/** An agent as the scheduler plans with it. */
export interface Agent {
  name: string;
  /** Pool: the queue whose unassigned tasks the agent may get. Absent in legacy mode. */
  queue?: string;
  /** Slots: goose runs at a time, a whole number from 0. */
  limit: number;
  /** Goose runs of this agent go to the task queue of this host group. */
  hostGroup?: string;
  /** Where its gooses run: an absolute path, or a template (working-dir.ts) from the base path. The setting where absent. */
  workingDir?: string;
  /** How its runs are limited and started; absent: as the settings say. */
  rules?: RunRules;
  /** Its gooses run in a worktree of a repository, one for each task. */
  worktree?: WorktreeRule;
  budget?: Budget;
  /** Of all agents of its queue together. */
  poolBudget?: Budget;
}

export interface WorktreeRule {
  /** Absolute path of a git repository. */
  repository: string;
  /** What the branch of a task begins from: a branch, tag or commit; `HEAD` of the repository where absent. */
  base?: string | undefined;
  /** So many of the agent's stay, those used last. */
  keep: number;
  /** One that was not used for so many days goes, too. */
  keepDays: number;
}

/** The agents in force and where they came from. */
export interface AgentRegistry {
  agents: Agent[];
  /** `queue`: from the agent control file. `legacy`: no such file, limits only, assigned tasks only. */
  mode: 'queue' | 'legacy';
  /** What a person should know, as sentences: legacy mode, a broken file with the last good one in force. */
  warnings: string[];
  /** Tells the settings that were read with them from others; absent: they are those of the start. */
  settings?: string;
}
