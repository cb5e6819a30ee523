import type { SettingKey, Settings } from './config.ts';
import * as value from './values.ts';

export const PREFIX = 'TINYSCHEDULER_';

export type SettingGroup =
  | 'Places'
  | 'Agents'
  | 'TinyTask'
  | 'Timing'
  | 'Failures'
  | 'Switches'
  | 'Logs'
  | 'Unused';

export interface Setting<T> {
  /** The variable's name without `TINYSCHEDULER_`. */
  name: string;
  group: SettingGroup;
  schema: value.ValueSchema<T>;
  /** As text, like a user would write it; a path starting with STATE_DIR/ is below that setting. Absent: not set. */
  default?: string;
  doc: string;
  /** Paths are made absolute: below the base path unless said otherwise. */
  kind?: 'path' | 'command' | 'boolean' | 'limits';
  /** The flag where it is not the name in kebab-case without `_SEC`. */
  flag?: string;
  /** The key of `config --show --json` where it is not the name in lower case (the Python version's keys). */
  jsonKey?: string;
  /** Why the setting is accepted and changes nothing. */
  unused?: string;
}

/** Every setting, in the order in which users see them. BASE_PATH and STATE_DIR come before what is below them. */
export const SETTINGS: { readonly [K in SettingKey]: Setting<NonNullable<Settings[K]>> } = {
  basePath: {
    name: 'BASE_PATH',
    group: 'Places',
    schema: value.path,
    kind: 'path',
    default: '.',
    doc: 'Directory that relative paths below start from; itself relative to the current directory.',
  },
  stateDir: {
    name: 'STATE_DIR',
    group: 'Places',
    schema: value.path,
    kind: 'path',
    default: 'state',
    doc: 'Everything that TinyScheduler writes, the embedded databases included.',
  },
  runningDir: {
    name: 'RUNNING_DIR',
    group: 'Places',
    schema: value.path,
    kind: 'path',
    default: 'STATE_DIR/running',
    doc: 'One record for each goose that runs on this host.',
  },
  logDir: {
    name: 'LOG_DIR',
    group: 'Places',
    schema: value.path,
    kind: 'path',
    default: 'STATE_DIR/logs',
    doc: 'One log for each attempt at a task, and the logs of the embedded servers.',
  },
  recipesDir: {
    name: 'RECIPES_DIR',
    group: 'Places',
    schema: value.path,
    kind: 'path',
    default: 'recipes',
    doc: 'goose recipes: `<agent>.yaml`, or the one that a `recipe:<name>` tag names.',
  },
  workingDir: {
    name: 'WORKING_DIR',
    group: 'Places',
    schema: value.path,
    kind: 'path',
    default: '.',
    doc: 'Where goose runs, unless the agent control file names another directory for the agent.',
  },
  gooseBin: {
    name: 'GOOSE_BIN',
    group: 'Places',
    schema: value.path,
    kind: 'command',
    doc: 'The goose binary: a path, or a name to look for on PATH. Not set: PATH, then the tool cache.',
  },
  agentControlFile: {
    name: 'AGENT_CONTROL_FILE',
    group: 'Agents',
    schema: value.path,
    kind: 'path',
    default: 'docs/technical/agent-control.json',
    doc: 'The agents and their queues. No such file: legacy mode.',
  },
  agentLimits: {
    name: 'AGENT_LIMITS',
    group: 'Agents',
    schema: value.limits,
    kind: 'limits',
    flag: 'agent-limit',
    default: '{}',
    doc: 'Slots of each agent: `{"a": 1, "b": 2}` or `a:1,b:2`. An agent without one has 1 slot.',
  },
  waitingPerAgent: {
    name: 'WAITING_PER_AGENT',
    group: 'Agents',
    schema: value.wholeNumber(0, 10, 'runs'),
    default: '2',
    doc: 'Tasks that may be in line for each agent of a queue beyond its slots, so that a freed slot is filled at once.',
  },
  runsPerHost: {
    name: 'RUNS_PER_HOST',
    group: 'Agents',
    schema: value.wholeNumber(1, 1000, 'runs'),
    default: '8',
    doc: 'Goose runs at a time on one host, besides the limits of the agents.',
  },
  hostGroup: {
    name: 'HOST_GROUP',
    group: 'Agents',
    schema: value.name,
    doc: 'For a worker: run the gooses of the agents with this `hostGroup`, and no others.',
  },
  mcpEndpoint: {
    name: 'MCP_ENDPOINT',
    group: 'TinyTask',
    schema: value.endpoint,
    default: 'http://localhost:3000',
    doc: 'Address of TinyTask.',
  },
  tinytaskExtension: {
    name: 'TINYTASK_EXTENSION',
    group: 'TinyTask',
    schema: value.boolean,
    kind: 'boolean',
    default: 'true',
    doc: 'Give goose the tools of TinyTask, unless its recipe brings them.',
  },
  loopIntervalMs: {
    name: 'LOOP_INTERVAL_SEC',
    group: 'Timing',
    schema: value.seconds(1, 86_400),
    default: '60',
    doc: 'Longest time between two full passes.',
  },
  heartbeatMs: {
    name: 'HEARTBEAT_SEC',
    group: 'Timing',
    schema: value.seconds(1, 300),
    flag: 'heartbeat-interval',
    jsonKey: 'heartbeat_interval_sec',
    default: '15',
    doc: 'Heartbeat of a goose run. A run is lost after 3 of them, but not before 15 s.',
  },
  maxRuntimeMs: {
    name: 'MAX_RUNTIME_SEC',
    group: 'Timing',
    schema: value.seconds(1, 604_800),
    default: '3600',
    doc: 'Longest run of one goose; then it is stopped and counts as a failed attempt.',
  },
  killGraceMs: {
    name: 'KILL_GRACE_SEC',
    group: 'Timing',
    schema: value.seconds(0, 300),
    default: '5',
    doc: 'Time between asking a goose to stop (TERM) and killing it.',
  },
  stallMs: {
    name: 'STALL_SEC',
    group: 'Timing',
    schema: value.seconds(0, 604_800, '0: never'),
    default: '0',
    doc: 'Stop a goose that has printed nothing for this long; 0 turns it off.',
  },
  completeGraceMs: {
    name: 'COMPLETE_GRACE_SEC',
    group: 'Timing',
    schema: value.seconds(0, 86_400),
    default: '120',
    doc: 'How long a goose may go on after its task became complete.',
  },
  maxAttempts: {
    name: 'MAX_ATTEMPTS',
    group: 'Failures',
    schema: value.wholeNumber(1, 100, 'attempts'),
    default: '3',
    doc: 'Failed attempts after which a task is parked.',
  },
  backoffMs: {
    name: 'BACKOFF_SEC',
    group: 'Failures',
    schema: value.seconds(0, 86_400),
    default: '10',
    doc: 'Wait before the second attempt; doubles with each further one.',
  },
  backoffMaxMs: {
    name: 'BACKOFF_MAX_SEC',
    group: 'Failures',
    schema: value.seconds(0, 86_400),
    default: '300',
    doc: 'Longest wait between two attempts.',
  },
  cooldownMs: {
    name: 'COOLDOWN_SEC',
    group: 'Failures',
    schema: value.seconds(0, 86_400),
    default: '30',
    doc: 'Pause of an agent whose model cannot be reached; doubles while that lasts.',
  },
  cooldownMaxMs: {
    name: 'COOLDOWN_MAX_SEC',
    group: 'Failures',
    schema: value.seconds(0, 86_400),
    default: '600',
    doc: 'Longest pause of such an agent.',
  },
  maxWorkerLosses: {
    name: 'MAX_WORKER_LOSSES',
    group: 'Failures',
    schema: value.wholeNumber(1, 1000, 'losses'),
    default: '5',
    doc: 'Lost workers in a row after which a task is parked.',
  },
  maxRunsInARow: {
    name: 'MAX_RUNS_IN_A_ROW',
    group: 'Failures',
    schema: value.wholeNumber(1, 10_000, 'runs'),
    default: '20',
    doc: 'Runs in a row without completing after which a task is parked.',
  },
  enabled: {
    name: 'ENABLED',
    group: 'Switches',
    schema: value.boolean,
    kind: 'boolean',
    default: 'true',
    doc: 'Whether tasks are started at all.',
  },
  dryRun: {
    name: 'DRY_RUN',
    group: 'Switches',
    schema: value.boolean,
    kind: 'boolean',
    default: 'false',
    doc: 'Say what would be started, change nothing.',
  },
  disableBlocking: {
    name: 'DISABLE_BLOCKING',
    group: 'Switches',
    schema: value.boolean,
    kind: 'boolean',
    default: 'false',
    doc: 'Start tasks although others block them.',
  },
  logLevel: {
    name: 'LOG_LEVEL',
    group: 'Logs',
    schema: value.logLevel,
    default: 'INFO',
    doc: 'DEBUG, INFO, WARNING or ERROR.',
  },
  logMaxBytes: {
    name: 'LOG_MAX_BYTES',
    group: 'Logs',
    schema: value.wholeNumber(4096, 1_073_741_824, 'bytes'),
    default: '10485760',
    doc: 'Size of the log of one attempt; beyond it the middle is cut out.',
  },
  logKeepDays: {
    name: 'LOG_KEEP_DAYS',
    group: 'Logs',
    schema: value.wholeNumber(1, 3650, 'days'),
    default: '14',
    doc: 'How many days of `scheduler_YYYYMMDD.log` are kept, today included.',
  },
  binDir: {
    name: 'BIN_DIR',
    group: 'Unused',
    schema: value.path,
    kind: 'path',
    default: 'scripts',
    doc: 'Held the wrapper script of the Python version.',
    unused: 'goose is started directly, without a wrapper script',
  },
  taskCacheDir: {
    name: 'TASK_CACHE_DIR',
    group: 'Unused',
    schema: value.path,
    kind: 'path',
    default: 'STATE_DIR/tasks',
    doc: 'Held the task cache of the Python version.',
    unused: 'tasks are read from TinyTask, never from a cache',
  },
  lockFile: {
    name: 'LOCK_FILE',
    group: 'Unused',
    schema: value.path,
    kind: 'path',
    default: 'STATE_DIR/tinyscheduler.lock',
    doc: 'Kept two schedulers of the Python version apart.',
    unused: 'Temporal allows one scheduler workflow for each namespace, so there is nothing to lock',
  },
};

/** The table's rows in order, each with its key. */
export function settingRows(): (Setting<unknown> & { key: SettingKey })[] {
  return Object.entries(SETTINGS).map(([key, setting]) => ({ key: key as SettingKey, ...setting }));
}

/** `TINYSCHEDULER_…` */
export function variableOf(setting: { name: string }): string {
  return PREFIX + setting.name;
}

/** `--loop-interval` without the dashes. */
export function flagOf(setting: Pick<Setting<unknown>, 'name' | 'flag'>): string {
  return setting.flag ?? setting.name.replace(/_SEC$/, '').toLowerCase().replaceAll('_', '-');
}

/** The key in `config --show --json`, in snake case with the unit of the variable. */
export function jsonKeyOf(setting: Pick<Setting<unknown>, 'name' | 'jsonKey'>): string {
  return setting.jsonKey ?? setting.name.toLowerCase();
}

/** The settings as the rows of a Markdown table, for the documentation. */
export function settingsTable(): string {
  const rows = settingRows().map((setting) => {
    const flag = setting.kind === 'boolean' ? `--[no-]${flagOf(setting)}` : `--${flagOf(setting)}`;
    const doc = setting.unused ? `Unused: ${setting.unused}.` : setting.doc;
    return [variableOf(setting), flag, setting.default ?? '(not set)', doc]
      .map((cell, column) =>
        (column < 3 && !cell.startsWith('(') ? `\`${cell}\`` : cell).replaceAll('|', '\\|'),
      )
      .join(' | ');
  });
  return ['Variable | Flag of `run` | Default | What it does', '--- | --- | --- | ---', ...rows]
    .map((row) => `| ${row} |`)
    .join('\n');
}
