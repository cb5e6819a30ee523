import { calledAs } from '../config/called-as.ts';
import type { DirectoryFacts, Made, Observation, WithoutGoose } from '../contract/findings.ts';
import { tasksWait } from './alert.ts';
import { sayFailure } from './errors.ts';
import { firstListed } from './listed.ts';
import { sayOlderTinyTask } from './older-tinytask.ts';
import { sayRules } from './run-rules.ts';
import { sayScheduler } from './scheduler.ts';

const quoted = (text: string) => JSON.stringify(text);

/** A finding of `validate-config` as one sentence: what is wrong, and the mend. */
export function sayFinding(found: Observation): string {
  switch (found.code) {
    case 'settings-good':
      return `The settings can be used: ${found.set} of ${found.settings} are set, the others have their defaults.`;
    case 'setting-wrong':
    case 'setting-without-effect':
      return found.text;
    case 'setting-disabled':
      return 'TINYSCHEDULER_ENABLED is false: nothing starts. Set it to true, or remove it.';
    case 'setting-dry-run':
      return 'TINYSCHEDULER_DRY_RUN is true: `run --once` changes nothing, and `start`, `run --daemon` and `worker` refuse to begin. Remove it to start tasks.';
    case 'setting-blocking-off':
      return 'TINYSCHEDULER_DISABLE_BLOCKING is true: tasks start although others block them. Remove it to have them wait.';
    case 'setting-notify-good':
      return `People are notified by ${quoted(found.to)} of: ${found.events.join(', ')}. \`${calledAs()} notify --test\` sends a test.`;
    case 'setting-notify-unfit':
      return `Nobody can be notified: ${found.text}.`;
    case 'setting-notify-open':
      return `TINYSCHEDULER_NOTIFY_TOKEN is sent to ${quoted(found.to)} as plain text: use https.`;
    default:
      return sayPlace(found);
  }
}

type Of<Codes extends string> = Extract<Observation, { code: Codes }>;
type AboutSettings = Of<`setting${string}`>;
type AboutPlace = Exclude<Observation, AboutSettings>;
type AboutAgent = Exclude<AboutPlace, Of<`directory-${string}` | `control-file-${string}`>>;
type AboutWork = Of<`workplace-${string}` | `worktree-${string}` | `verify-${string}`>;
type AboutGoose = Exclude<
  AboutAgent,
  Of<`agent-${string}` | `recipe-${string}` | 'no-agents' | AboutWork['code']>
>;
type AboutServers = Exclude<AboutGoose, Of<`goose-${string}` | `provider-${string}` | `held-by-${string}`>>;

function sayPlace(found: AboutPlace): string {
  switch (found.code) {
    case 'directory-good':
      return `${sayDirectory(found)} is there.`;
    case 'directory-missing':
      return `${sayDirectory(found)} does not exist; --fix creates it.`;
    case 'directory-not-yet':
      return `${sayDirectory(found)} does not exist yet: it is made when it is needed, or by --fix.`;
    case 'directory-unusable':
      return `${sayDirectory(found)} cannot be used: ${found.text}. Change its permissions, make room, or name another one.`;
    case 'directory-not-one':
      return `${sayDirectory(found)} is not a directory: move the file away, or name another one.`;
    case 'directory-of-system':
      return found.real === found.path
        ? `${sayDirectory(found)} belongs to the system: name a directory in which agents may write.`
        : `${sayDirectory(found)} leads to ${quoted(found.real)}, which belongs to the system: remove the link, or name another one.`;
    case 'directory-open-to-others':
      return `${sayDirectory(found)} is open to others, who may have any program run by that: take their right to write from ${named(found.open, found.more)}.`;
    case 'control-file-good':
      return `${sayFile(found)} lists ${found.agents} agent${found.agents === 1 ? '' : 's'}.`;
    case 'control-file-of-starter':
      return `There is no agent control file ${quoted(found.path)} yet, so those of examples/starter count until there is.`;
    case 'control-file-missing':
      return `${sayFile(found)} does not exist: legacy mode, only tasks assigned to agents of TINYSCHEDULER_AGENT_LIMITS run; --fix creates it.`;
    case 'control-file-wrong':
    case 'control-file-without-effect':
      return `${sayFile(found)}: ${found.text}.`;
    case 'control-file-not-made':
      return `${sayFile(found)} cannot be created: ${found.text}.`;
    case 'control-file-last-good':
      return `The ${found.agents} agents of the last good agent control file stay in force until it is repaired.`;
    default:
      return sayAgent(found);
  }
}

const DIRECTORIES: Record<DirectoryFacts['which'], string> = {
  state: 'State directory',
  running: 'Running directory',
  log: 'Log directory',
  working: 'Working directory',
  recipes: 'Recipes directory',
  programs: 'Directory of programs',
};

function sayDirectory({ which, agent, path }: DirectoryFacts): string {
  return `${DIRECTORIES[which]}${agent === undefined ? '' : ` of ${quoted(agent)}`} ${quoted(path)}`;
}

const sayFile = ({ path }: { path: string }) => `Agent control file ${quoted(path)}`;

function sayAgent(found: AboutAgent): string {
  switch (found.code) {
    case 'no-agents':
      return `There are no agents, so nothing can run: ${sayNoAgents(found)}.`;
    case 'agent-without-limit':
      return `${quoted(found.agent)} has no limit, so it has 1 slot: give it a "limit" in the agent control file.`;
    case 'agent-without-queue': {
      const mend = found.nearest === null ? '' : ` Perhaps ${quoted(found.nearest)} is meant.`;
      return `${quoted(found.agent)} has a limit and is not in the agent control file: it gets the tasks assigned to it, and none of a queue.${mend}`;
    }
    case 'agent-limit-0':
      return `${quoted(found.agent)} has the limit 0 and runs nothing: raise it, or remove the agent.`;
    case 'agent-of-programs':
      return `${quoted(found.agent)} runs the programs of schedules, at most ${found.limit} at a time.`;
    case 'agent-rules':
      return `Runs of ${quoted(found.agent)} are not as the settings say: ${sayRules(found)}.`;
    case 'agent-launcher':
      return `${quoted(found.agent)} cannot be started: ${found.text}.`;
    case 'agent-env-unset':
      return `${quoted(found.agent)} is to get the variables ${named(found.names)}, which are not set here: set them where its worker runs, or remove them from its "env".`;
    case 'agent-elsewhere': {
      const where =
        found.hostGroup === null ? 'without a host group' : `of the group ${quoted(found.hostGroup)}`;
      return `${quoted(found.agent)} runs on hosts ${where}: its recipe and directory are checked there.`;
    }
    case 'recipe-good':
      return `${sayRecipe(found)} can be run: goose has checked it.`;
    case 'recipe-looks-good':
      return `${sayRecipe(found)} looks well, and goose has not checked it: ${BECAUSE[found.because]}.`;
    case 'recipe-not-checked':
      return `${sayRecipe(found)} could not be checked: ${BECAUSE[found.because]}, and without it ${found.text}.`;
    case 'recipe-missing':
      return `Recipe ${quoted(found.path)} is missing: only tasks with a \`recipe:<name>\` tag can run on ${quoted(found.agent)}. Write it.`;
    case 'recipe-unfit':
      return `Recipe of ${quoted(found.agent)}: ${found.text}.${found.because === null ? '' : ` goose has not checked it: ${BECAUSE[found.because]}.`}`;
    case 'recipe-beside':
      return `Recipe of ${quoted(found.agent)}: ${quoted(found.other)} does not count, since ${quoted(found.path)} does.`;
    case 'workplace-made':
    case 'workplace-unfit':
    case 'worktree-good':
    case 'verify-good':
    case 'verify-unfit':
      return sayWork(found);
    default:
      return sayGoose(found);
  }
}

function sayWork(found: AboutWork): string {
  switch (found.code) {
    case 'workplace-made':
      return `Working directory of ${quoted(found.agent)} is made for each task: ${quoted(found.template)} in the base path.`;
    case 'workplace-unfit':
      return `Working directory of ${quoted(found.agent)}: ${found.text}.`;
    case 'worktree-good':
      return `${quoted(found.agent)} gets a worktree of ${quoted(found.repository)} for each task, on a branch from ${quoted(found.base)}.`;
    case 'verify-good':
      return `The work of ${quoted(found.agent)} is verified by ${quoted(found.program)}.`;
    case 'verify-unfit':
      return `The work of ${quoted(found.agent)} cannot be verified: ${found.text}.`;
  }
}

function sayNoAgents({ file, starter }: Of<'no-agents'>): string {
  switch (file) {
    case 'missing': {
      const start = starter ? `; \`${calledAs()} start\` begins with those of examples/starter` : '';
      return `write an agent control file, or let \`${calledAs()} validate-config --fix\` make one${start}`;
    }
    case 'wrong':
      return 'repair the agent control file';
    case 'empty':
      return 'add one to the agent control file';
  }
}

const BECAUSE: Record<WithoutGoose, string> = {
  'no-goose': 'there is no goose',
  'goose-cannot-show': 'this goose cannot show recipes',
};

function sayRecipe({ agent, path }: { agent: string; path: string }): string {
  return `Recipe of ${quoted(agent)}, ${quoted(path)},`;
}

function sayGoose(found: AboutGoose): string {
  switch (found.code) {
    case 'goose-good': {
      const version = found.version === null ? 'it does not say which version' : `version ${found.version}`;
      return `goose is ${quoted(found.path)} (${found.from}, ${version}); it runs recipes and streams JSON.`;
    }
    case 'goose-missing':
      return `There is no goose on PATH. Install it, or name it with TINYSCHEDULER_GOOSE_BIN; \`${calledAs()} start\` fetches one on Linux x64.`;
    case 'goose-unfit':
      return `goose: ${found.text}.`;
    case 'provider-good':
      return 'goose has a model provider.';
    case 'provider-of-recipes':
      return 'Each recipe names its model provider.';
    case 'provider-played':
      return 'goose has no model provider, and the script of the running `start` answers in its place.';
    case 'provider-missing': {
      if (found.starter)
        return `${found.text}; until then \`${calledAs()} start\` has a script answer in its place.`;
      return `${found.text}${found.agents === null ? '' : `; needed by ${named(found.agents)}`}.`;
    }
    case 'held-by-cgroup':
      return 'Processes of a run are held in a cgroup of its own: none outlives it.';
    case 'held-by-keeper':
      return `Processes of a run are held by a keeper (${found.perl}): none outlives it unnoticed.`;
    case 'held-by-looks': {
      const mend = found.mend
        ? ' Let the service have its cgroup (Delegate=yes in its unit), or install perl.'
        : '';
      return `Processes of a run are only looked for: one that leaves goose within milliseconds may outlive it.${mend}`;
    }
    default:
      return sayServer(found);
  }
}

function sayServer(found: AboutServers): string {
  switch (found.code) {
    case 'tinytask-older':
      return sayOlderTinyTask(found);
    case 'tinytask-good': {
      const version = found.version === null ? 'it does not say which version' : `version ${found.version}`;
      return `TinyTask at ${found.endpoint} answers (${version}), and has all tools that are needed.`;
    }
    case 'tinytask-absent':
      return found.named
        ? `${found.text}.`
        : `${found.text}, or use \`${calledAs()} start\`, which brings one.`;
    case 'tinytask-not-one':
      return `What answers at ${found.endpoint} is no TinyTask: ${found.text.replace(/[.?]$/, '')}; correct TINYSCHEDULER_MCP_ENDPOINT.`;
    case 'tinytask-without-tools':
      return `TinyTask at ${found.endpoint} has no ${named(found.tools)}; install a version that has, or correct TINYSCHEDULER_MCP_ENDPOINT.`;
    case 'queue-unserved':
      return sayUnserved(found);
    case 'queues-served':
      return found.queues.length === 0
        ? 'No open task waits in a queue.'
        : `Each queue with open tasks has an agent: ${named(found.queues)}.`;
    case 'temporal-absent':
      return `No Temporal server runs at ${found.address}; \`${calledAs()} start\` and \`run\` bring one up.`;
    case 'temporal-good':
      return `Temporal at ${found.address} answers, and has the namespace ${quoted(found.namespace)}.`;
    case 'namespace-missing':
      return `Temporal at ${found.address} has no namespace ${quoted(found.namespace)}: correct TEMPORAL_NAMESPACE, or run \`temporal operator namespace create --namespace ${found.namespace}\`.`;
    case 'attributes-good':
      return `The namespace ${quoted(found.namespace)} has all search attributes.`;
    case 'attributes-missing':
      return `The namespace ${quoted(found.namespace)} lacks the search attributes ${found.names.join(', ')}: --fix adds them, and so do \`start\` and \`run\`.`;
    case 'attributes-of-other-type':
      return `In the namespace ${quoted(found.namespace)} the search attributes ${found.names.join(', ')} are not of the type Keyword, so no run can be started: use another namespace.`;
    case 'scheduler-state':
      return `Scheduler: ${sayScheduler(found)}.`;
    default:
      return sayFailure(found);
  }
}

function sayUnserved({ queue, tasks, nearest }: Of<'queue-unserved'>): string {
  const wait = tasksWait(tasks);
  const mend =
    nearest === null
      ? 'give an agent this queue as its "agentType", or move them'
      : `perhaps ${quoted(nearest)} is meant`;
  return `No agent serves the queue ${quoted(queue.slice(0, LONGEST_NAME))}, in which ${wait}: ${mend}.`;
}

const LONGEST_NAME = 80;
const NAMES_SAID = 20;

/** `beyond`: so many more that are not among them. */
function named(names: readonly string[], beyond = 0): string {
  const said = names.map((name) => quoted(name.slice(0, LONGEST_NAME)));
  return firstListed(said, NAMES_SAID, beyond);
}

/** What `--fix` has made, as a clause that begins a line. */
export function sayMade(made: Made): string {
  switch (made.made) {
    case 'directory':
      return sayDirectory(made);
    case 'control-file':
      return `${sayFile(made)} with ${made.agents.join(' and ')}`;
    case 'search-attributes':
      return `Search attributes ${made.names.join(', ')} in the namespace ${quoted(made.namespace)}`;
  }
}
