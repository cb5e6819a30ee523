import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { nearestName } from '../domain/nearest-name.ts';
import { calledAs } from './called-as.ts';
import { ConfigError, type LoadedConfig, type SettingKey, type Settings, type Source } from './config.ts';
import { derived } from './derived.ts';
import { type EnvFile, isThere, readEnvFile } from './env-file.ts';
import { flagArguments, flagKeyOf } from './flags.ts';
import { flagOf, PREFIX, type Setting, variableOf } from './setting.ts';
import { settingRows } from './settings.ts';
import { withoutPassword } from './without-password.ts';

export interface LoadOptions {
  /** Options as commander gives them, by camel-case name; those that are no settings are ignored. */
  flags?: Record<string, unknown>;
  /** Absent: the variables of this process. */
  env?: NodeJS.ProcessEnv;
  /** Where a relative base path and env file start from. */
  cwd: string;
  /** Named by the user; without it `.env` in `cwd` counts if it is there. */
  envFile?: string | undefined;
}

/** How `npm start` tells its daemon that it has begun with the agents of examples/starter. */
export const STARTER = `${PREFIX}STARTER`;
/** Variables with our prefix that are no settings of the scheduler. */
const OTHER_VARIABLES = ['CACHE_DIR', 'API_TOKEN'];
/** What our own processes tell each other. A command that an agent runs has them in its environment. */
const BETWEEN_PROCESSES = [
  ...['RUN_TOKEN', 'RUN_OWNER', 'ATTENDS', 'CALLED_AS', 'STARTER'],
  // What a program of a schedule is told.
  ...['SCHEDULE', 'OCCURRENCE', 'PLANNED_AT', 'TASK_ID'],
];

interface Given {
  text: string;
  /** As it is written, for messages: what `${…}` stands for may be a secret. */
  written: string;
  source: Source;
  /** For messages: `--loop-interval`, `/a/.env line 3`. */
  from: string;
}

/**
 * The configuration: flag over environment over env file over default. An empty variable counts as not set.
 * Throws ConfigError with everything that is wrong, not only the first thing.
 */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const { flags = {}, env = process.env, cwd, envFile } = options;
  const file = readEnvFile(envFile, cwd, env);
  const problems: string[] = [];
  const warnings = [...(file?.warnings ?? [])];
  const values: Partial<Record<SettingKey, unknown>> = {};
  const sources: Partial<Record<SettingKey, Source>> = {};

  for (const setting of settingRows()) {
    const given = lookUp(setting, flags, env, file);
    sources[setting.key] = given?.source ?? 'default';
    const text = given?.text ?? setting.default;
    if (given && setting.unused) {
      warnings.push(`${variableOf(setting)} (from ${given.from}) has no effect: ${setting.unused}.`);
    }
    if (text === undefined) continue;
    const result = setting.schema.safeParse(text);
    if (!result.success) {
      const reasons = result.error.issues.map((issue) => issue.message).join('; ');
      const is = setting.secret ? '' : ` is ${JSON.stringify(withoutPassword(given?.written ?? text))}`;
      problems.push(`${variableOf(setting)}${is} (from ${given?.from ?? 'its default'}): ${reasons}.`);
      // Later paths are relative to these two, so something has to stand here for their messages.
      if (setting.key === 'basePath') values.basePath = cwd;
      continue;
    }
    values[setting.key] = located(setting, result.data, values, { cwd, env });
  }
  mergeLimitFlags(flags, env, file, values);
  warnings.push(...unknownVariables(env, file), ...tokenInFile(file));
  if (envFile === undefined) warnings.push(...unreadFile(cwd, values.basePath));

  const settings = values as unknown as Settings;
  const { config, problems: contradictions } = derived(settings, {
    mcpEndpointExplicit: sources.mcpEndpoint !== 'default',
    starter: env[STARTER] === 'true',
  });
  // A contradiction between settings of which one is missing would only repeat what was said about that one.
  if (problems.length === 0) problems.push(...contradictions);
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    config,
    sources: sources as Record<SettingKey, Source>,
    settings: { ...settings },
    envFile: file?.path ?? resolve(cwd, '.env'),
    hasEnvFile: file !== undefined,
    arguments: [...(envFile === undefined ? [] : [`--env-file=${envFile}`]), ...flagArguments(flags)],
    again: () => loadConfig(options),
    warnings,
    environment: { ...file?.values, ...env },
  };
}

function lookUp(
  setting: Setting<unknown>,
  flags: Record<string, unknown>,
  env: NodeJS.ProcessEnv,
  file: EnvFile | undefined,
): Given | undefined {
  const flag = setting.secret ? undefined : flags[flagKeyOf(setting)];
  if (flag !== undefined && !(Array.isArray(flag) && flag.length === 0)) {
    const text = Array.isArray(flag) ? flag.join(',') : String(flag);
    return { text, written: text, source: 'flag', from: `--${flagOf(setting)}` };
  }
  return fromVariables(variableOf(setting), env, file);
}

function fromVariables(
  variable: string,
  env: NodeJS.ProcessEnv,
  file: EnvFile | undefined,
): Given | undefined {
  const set = env[variable];
  if (set?.trim()) return { text: set, written: set, source: 'environment', from: 'the environment' };
  const text = file?.values[variable];
  const written = file?.writtenAs(variable);
  if (!file || !text?.trim() || written === undefined) return undefined;
  return { text, written: written.value, source: 'file', from: `${file.path} line ${written.line}` };
}

/** A path made absolute; any other value as it is. */
function located(
  setting: Setting<unknown> & { key: SettingKey },
  value: unknown,
  values: Partial<Record<SettingKey, unknown>>,
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): unknown {
  if (typeof value !== 'string') return value;
  if (setting.kind === 'command' && !value.includes('/')) return value;
  if (setting.kind !== 'path' && setting.kind !== 'command') return value;
  const [, rest] = /^~\/(.*)/s.exec(value) ?? [];
  if (rest !== undefined) return join(env.HOME || homedir(), rest);
  if (isAbsolute(value)) return resolve(value);
  if (setting.key === 'basePath') return resolve(cwd, value);
  if (value === setting.default && value.startsWith('STATE_DIR/')) {
    return join(String(values.stateDir), value.slice('STATE_DIR/'.length));
  }
  return resolve(String(values.basePath), value);
}

/** `--agent-limit` changes the agents that it names; the others keep the limit of the variable. */
function mergeLimitFlags(
  flags: Record<string, unknown>,
  env: NodeJS.ProcessEnv,
  file: EnvFile | undefined,
  values: Partial<Record<SettingKey, unknown>>,
): void {
  const setting = settingRows().find(({ key }) => key === 'agentLimits');
  if (!setting || !values.agentLimits || flags[flagKeyOf(setting)] === undefined) return;
  const below = setting.schema.safeParse(fromVariables(variableOf(setting), env, file)?.text ?? '{}');
  if (below.success) values.agentLimits = { ...(below.data as object), ...(values.agentLimits as object) };
}

/** The one place in which an env file is read without being named is the current directory. */
function unreadFile(cwd: string, basePath: unknown): string[] {
  const path = join(String(basePath), '.env');
  if (resolve(cwd) === basePath || !isThere(path)) return [];
  return [
    `${JSON.stringify(path)} is there and is not read: only .env in the current directory is; name it with --env-file.`,
  ];
}

/** See api-token.ts. */
function tokenInFile(file: EnvFile | undefined): string[] {
  const variable = `${PREFIX}API_TOKEN`;
  if (!file?.values[variable]?.trim()) return [];
  const from = `${file.path} line ${file.writtenAs(variable)?.line}`;
  return [`${variable} (from ${from}) has no effect: it counts in the environment only.`];
}

/** With our prefix, or nearly so; the rest is the name. */
const LIKE_OURS = /^TINY_?S[A-Z]*?_(.*)$/i;

function unknownVariables(env: NodeJS.ProcessEnv, file: EnvFile | undefined): string[] {
  const known = [...settingRows().map((setting) => setting.name), ...OTHER_VARIABLES];
  const taken = new Set([...known, ...BETWEEN_PROCESSES].map((name) => PREFIX + name));
  const set = new Set([...Object.keys(env), ...Object.keys(file?.values ?? {})]);
  const unknown = [...set].filter((variable) => !taken.has(variable)).sort();
  return unknown.flatMap((variable) => {
    const [, name] = LIKE_OURS.exec(variable) ?? [];
    const near = name === undefined ? undefined : nearestName(name.toUpperCase(), known);
    if (near === undefined && !variable.startsWith(PREFIX)) return [];
    const hint = near
      ? `did you mean ${PREFIX}${near}?`
      : `see \`${calledAs()} config --show\` for the settings there are.`;
    return [`${variable} is not a setting of TinyScheduler and has no effect; ${hint}`];
  });
}
