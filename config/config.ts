import type { NotifyEvent, NotifyTarget } from './notify.ts';

/** Python's level names, which operators have in their env files. */
export type LogLevel = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

/** One value for each setting of `settings.ts`. Paths are absolute, times in milliseconds. */
export interface Settings {
  basePath: string;
  agentControlFile: string;
  /** Slots by agent name. */
  agentLimits: Record<string, number>;
  recipesDir: string;
  workingDir: string;
  stateDir: string;
  runningDir: string;
  logDir: string;
  /** An absolute path, or a bare name to look for on PATH. Absent: see embedded/tools/tool-cache.mjs. */
  gooseBin?: string;
  /** Where the programs of schedules are. Absent: none is run. */
  binDir?: string;
  /** Without a trailing slash and without `/mcp`. */
  mcpEndpoint: string;
  tinytaskExtension: boolean;
  /** Task queue group that a worker of this process serves. */
  hostGroup?: string;
  loopIntervalMs: number;
  heartbeatMs: number;
  maxRuntimeMs: number;
  killGraceMs: number;
  /** 0: a goose that prints nothing is left alone. */
  stallMs: number;
  completeGraceMs: number;
  maxAttempts: number;
  /** 0: an attempt may use any number. */
  maxTokens: number;
  /** 0: a goose that goes round in circles is left alone. */
  sameCalls: number;
  backoffMs: number;
  backoffMaxMs: number;
  cooldownMs: number;
  cooldownMaxMs: number;
  maxWorkerLosses: number;
  maxRunsInARow: number;
  runsPerHost: number;
  waitingPerAgent: number;
  /** Of all schedules, under way at a time; 0: any number. */
  maxOccurrences: number;
  enabled: boolean;
  dryRun: boolean;
  disableBlocking: boolean;
  /** 0: no API is served. */
  apiPort: number;
  apiHost: string;
  apiTokenRequired: boolean;
  apiNames?: readonly string[];
  apiOrigins?: readonly string[];
  apiPerMinute: number;
  /** 0: no metrics are served. */
  metricsPort: number;
  metricsHost: string;
  /** Absent: nobody is notified. */
  notify?: NotifyTarget;
  /** Sent with each notification, as a bearer token. A secret. */
  notifyToken?: string;
  notifyAfterMs: number;
  notifyEvents: readonly NotifyEvent[];
  logLevel: LogLevel;
  logMaxBytes: number;
  /** How long logs of a day and of attempts are kept, in days. */
  logKeepDays: number;
  /** How large they may be altogether. */
  logKeepBytes: number;
  taskCacheDir: string;
  lockFile: string;
}

export type SettingKey = keyof Settings;

/** The settings and what follows from them. */
export interface Config extends Settings {
  /** Whether somebody named the endpoint; if not, the embedded TinyTask may take its place. */
  mcpEndpointExplicit: boolean;
  /** `npm start` has begun with the agents of examples/starter; see agentFiles in starter.ts. */
  starter: boolean;
  /** max(3 heartbeats, 15 s): after this long without one the server gives a task to another worker. */
  heartbeatTimeoutMs: number;
}

/** Where a value came from. */
export type Source = 'flag' | 'environment' | 'file' | 'default' | 'starter';

export interface LoadedConfig {
  config: Config;
  sources: Record<SettingKey, Source>;
  /** As they were read; `config` may know better, for example where the embedded TinyTask is. */
  settings: Readonly<Settings>;
  /** Path of the env file that was read, or would have been, were it there. */
  envFile: string;
  /** It was there when this was read. */
  hasEnvFile: boolean;
  /** What, on a command line and with the same environment, leads to this again. */
  arguments: string[];
  /** Reads everything once more, with the same flags and environment. @throws ConfigError */
  again(): LoadedConfig;
  /** Sentences for the user: unused and unknown settings. */
  warnings: string[];
  /** The process environment over the env file, for goose and Temporal. May hold secrets: never print it. */
  environment: Record<string, string | undefined>;
}

/** The configuration cannot be used; `problems` has one sentence for each thing that is wrong. */
export class ConfigError extends Error {
  override readonly name: string = 'ConfigError';
  readonly code = 'bad-configuration';
  readonly problems: string[];

  constructor(problems: string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}
