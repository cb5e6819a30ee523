import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { calledAs } from './called-as.ts';
import { ConfigError, type LoadedConfig, type SettingKey, type Settings, type Source } from './config.ts';
import { derived } from './derived.ts';
import { type EnvFile, readEnvFile } from './env-file.ts';
import { flagKeyOf } from './flags.ts';
import { nearestName } from './nearest-name.ts';
import { flagOf, PREFIX, type Setting, settingRows, variableOf } from './settings.ts';
import { withoutPassword } from './without-password.ts';

export interface LoadOptions {
  /** Options as commander gives them, by camel-case name; those that are no settings are ignored. */
  flags?: Record<string, unknown>;
  env: NodeJS.ProcessEnv;
  /** Where a relative base path and env file start from. */
  cwd: string;
  /** Named by the user; without it `.env` in `cwd` counts if it is there. */
  envFile?: string | undefined;
}

/** How `npm start` tells its daemon that it has begun with the agents of examples/starter. */
export const STARTER = `${PREFIX}STARTER`;
/** Variables with our prefix that are no settings of the scheduler. */
const OTHER_VARIABLES = ['CACHE_DIR', 'STARTER'];

interface Given {
  text: string;
  source: Source;
  /** For messages: `--loop-interval`, `/a/.env line 3`. */
  from: string;
}

/**
 * The configuration: flag over environment over env file over default. An empty variable counts as not set.
 * Throws ConfigError with everything that is wrong, not only the first thing.
 */
export function loadConfig({ flags = {}, env, cwd, envFile }: LoadOptions): LoadedConfig {
  const file = readEnvFile(envFile, cwd);
  const problems: string[] = [];
  const warnings: string[] = [];
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
      const quoted = JSON.stringify(withoutPassword(text));
      problems.push(
        `${variableOf(setting)} is ${quoted} (from ${given?.from ?? 'its default'}): ${reasons}.`,
      );
      // Later paths are relative to these two, so something has to stand here for their messages.
      if (setting.key === 'basePath') values.basePath = cwd;
      continue;
    }
    values[setting.key] = located(setting, result.data, values, { cwd, env });
  }
  mergeLimitFlags(flags, env, file, values);
  warnings.push(...unknownVariables(env, file));

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
  const flag = flags[flagKeyOf(setting)];
  if (flag !== undefined && !(Array.isArray(flag) && flag.length === 0)) {
    const text = Array.isArray(flag) ? flag.join(',') : String(flag);
    return { text, source: 'flag', from: `--${flagOf(setting)}` };
  }
  return fromVariables(variableOf(setting), env, file);
}

function fromVariables(
  variable: string,
  env: NodeJS.ProcessEnv,
  file: EnvFile | undefined,
): Given | undefined {
  const set = env[variable];
  if (set?.trim()) return { text: set, source: 'environment', from: 'the environment' };
  const written = file?.values[variable];
  if (!file || !written?.trim()) return undefined;
  return { text: written, source: 'file', from: `${file.path} line ${file.lineOf(variable) ?? '?'}` };
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

function unknownVariables(env: NodeJS.ProcessEnv, file: EnvFile | undefined): string[] {
  const known = [...settingRows().map((setting) => setting.name), ...OTHER_VARIABLES];
  const names = new Set([...Object.keys(env), ...Object.keys(file?.values ?? {})]);
  return [...names]
    .filter((variable) => variable.startsWith(PREFIX) && !known.includes(variable.slice(PREFIX.length)))
    .sort()
    .map((variable) => {
      const near = nearestName(variable.slice(PREFIX.length), known);
      const hint = near
        ? `did you mean ${PREFIX}${near}?`
        : `see \`${calledAs()} config --show\` for the settings there are.`;
      return `${variable} is not a setting of TinyScheduler and has no effect; ${hint}`;
    });
}
