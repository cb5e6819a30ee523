import type { RunRules } from '../domain/run-rules.ts';
import type { Failure } from './errors.ts';
import type { OlderTinyTask, SchedulerState } from './status.ts';

// What `validate-config` finds: facts. How people are told of them is in words/finding.ts.

/** A directory of the settings, or the working directory of one agent. */
export interface DirectoryFacts {
  which: 'state' | 'running' | 'log' | 'working' | 'recipes' | 'programs';
  /** Whose working directory it is, where the agent control file names one. */
  agent?: string;
  path: string;
}

/** Why goose has not looked at a recipe. */
export type WithoutGoose = 'no-goose' | 'goose-cannot-show';

/** By code, the facts that go with it. A `text` is quoted: somebody else wrote it, or it says which of many ways it was. */
export interface FindingFacts {
  /** `set`: how many of them somebody has set. */
  'settings-good': { settings: number; set: number };
  /** Nothing else was looked at then. */
  'setting-wrong': { text: string };
  'setting-without-effect': { text: string };
  /** Nothing starts. */
  'setting-disabled': object;
  /** `start`, `run --daemon` and `worker` refuse that. */
  'setting-dry-run': object;
  'setting-blocking-off': object;
  /** `to`: as much of it as may be shown. */
  'setting-notify-good': { to: string; events: readonly string[] };
  'setting-notify-unfit': { text: string };
  /** A secret goes there as plain text. */
  'setting-notify-open': { to: string };

  'directory-good': DirectoryFacts;
  /** Nobody makes it. */
  'directory-missing': DirectoryFacts;
  /** It will be made by who needs it first. */
  'directory-not-yet': DirectoryFacts;
  'directory-unusable': DirectoryFacts & { text: string };
  'directory-not-one': DirectoryFacts;
  /** `real`: where it leads, links resolved. */
  'directory-of-system': DirectoryFacts & { real: string };
  /** Of the programs of schedules, or something on the way to it or in it: others may write there. `more`: so many beyond these. */
  'directory-open-to-others': DirectoryFacts & { open: string[]; more: number };

  'control-file-good': { path: string; agents: number };
  'control-file-of-starter': { path: string };
  'control-file-missing': { path: string };
  'control-file-wrong': { path: string; text: string };
  'control-file-without-effect': { path: string; text: string };
  'control-file-not-made': { path: string; text: string };
  /** It is wrong, and so many agents of the last good one stay in force. */
  'control-file-last-good': { agents: number };

  /** `starter`: whether `start` begins with agents of its own then. */
  'no-agents': { file: 'missing' | 'wrong' | 'empty'; starter: boolean };
  /** It has 1 slot. */
  'agent-without-limit': { agent: string };
  /** `nearest`: the agent of the control file that was perhaps meant. */
  'agent-without-queue': { agent: string; nearest: string | null };
  'agent-limit-0': { agent: string };
  /** It runs the programs of schedules, `limit` at a time, and no goose. */
  'agent-of-programs': { agent: string; limit: number };
  /** `rules`: how its runs are limited and started where that is not as the settings say, which is what `instead` has. */
  'agent-rules': { agent: string; rules: RunRules; instead: RunRules };
  /** The program of its launch prefix is not there. */
  'agent-launcher': { agent: string; text: string };
  /** Of the variables that it names, those that are not set here. */
  'agent-env-unset': { agent: string; names: string[] };
  /** Its gooses run on hosts of another group, so what they need is not looked at here. Null: on hosts without a group. */
  'agent-elsewhere': { agent: string; hostGroup: string | null };

  /** Its directory is made for each task: a template, from the base path. */
  'workplace-made': { agent: string; template: string };
  /** It gets a worktree for each task. `base`: what branches begin from. */
  'worktree-good': { agent: string; repository: string; base: string };
  'workplace-unfit': { agent: string; text: string };
  'verify-good': { agent: string; program: string };
  'verify-unfit': { agent: string; text: string };

  'recipe-good': { agent: string; path: string; checkedBy: 'goose' };
  'recipe-looks-good': { agent: string; path: string; checkedBy: 'us'; because: WithoutGoose };
  'recipe-not-checked': { agent: string; path: string; because: WithoutGoose; text: string };
  /** Only tasks that name one by a tag can run. */
  'recipe-missing': { agent: string; path: string };
  /** `because`: null where goose was asked. */
  'recipe-unfit': { agent: string; text: string; because: WithoutGoose | null };
  'recipe-beside': { agent: string; path: string; other: string };

  /** It runs recipes and streams JSON. `version`: null where it does not say. */
  'goose-good': { path: string; from: string; version: string | null };
  'goose-missing': object;
  'goose-unfit': { text: string };

  'provider-good': object;
  'provider-of-recipes': object;
  /** The script of the running `start` answers in its place. */
  'provider-played': object;
  /** `agents`: whose recipes need it; null: no recipe is known. */
  'provider-missing': { text: string; agents: string[] | null; starter: boolean };

  'held-by-cgroup': object;
  'held-by-keeper': { perl: string };
  /** `mend`: whether this host could do better. */
  'held-by-looks': { mend: boolean };

  /** `version`: null where it does not say. */
  /** A TinyTask 1: it can be worked with, but for what it lacks. */
  'tinytask-older': OlderTinyTask;
  'tinytask-good': { endpoint: string; version: string | null; tools: number };
  /** `named`: by a person. `text`: what is wrong, and the mend. */
  'tinytask-absent': { endpoint: string; named: boolean; text: string };
  'tinytask-not-one': { endpoint: string; text: string };
  'tinytask-without-tools': { endpoint: string; tools: string[] };
  /** Its idle tasks that are nobody's wait for ever. `nearest`: the queue that was perhaps meant. */
  'queue-unserved': { queue: string; tasks: number; nearest: string | null };
  'queues-served': { queues: string[] };

  /** None runs where one is looked for, and `start` and `run` bring one up. */
  'temporal-absent': { address: string };
  'temporal-good': { address: string; namespace: string };
  'namespace-missing': { address: string; namespace: string };
  'attributes-good': { namespace: string };
  /** `start` and `run` add them. */
  'attributes-missing': { namespace: string; names: string[] };
  'attributes-of-other-type': { namespace: string; names: string[] };
  'scheduler-state': SchedulerState;
}

export type FindingCode = keyof FindingFacts | Failure['code'];
/** What was looked at, and what was found: a code and its facts. A failure of the API is a finding as it is. */
export type Observation =
  | { [Code in keyof FindingFacts]: { code: Code } & FindingFacts[Code] }[keyof FindingFacts]
  | Failure;
export type Level = 'ok' | 'warning' | 'error';
export type Finding = Observation & { level: Level };

/** What `--fix` has made. */
export type Made =
  | ({ made: 'directory' } & DirectoryFacts)
  | { made: 'control-file'; path: string; agents: string[] }
  | { made: 'search-attributes'; namespace: string; names: string[] };

export interface Validation {
  /** Everything that was looked at, in order; what is good too. */
  findings: Finding[];
  made: Made[];
}

export const ok = (found: Observation): Finding => ({ ...found, level: 'ok' });
export const warning = (found: Observation): Finding => ({ ...found, level: 'warning' });
export const error = (found: Observation): Finding => ({ ...found, level: 'error' });
