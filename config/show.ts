import { hostname } from 'node:os';
import type { AgentLimit } from './agent-limits.ts';
import type { LoadedConfig } from './config.ts';
import { jsonKeyOf, type Setting, variableOf } from './setting.ts';
import { settingRows } from './settings.ts';

/**
 * The settings by their Python names (`agent_limits`, `loop_interval_sec`), in the unit of the name; unset ones are null.
 * With `limits`, `agent_limits` has every agent with the slots that it really has, and `agent_limits_from` what says so.
 */
export function configJson(
  { config }: LoadedConfig,
  limits?: readonly AgentLimit[],
): Record<string, unknown> {
  const shown = settingRows().map((setting) => [
    jsonKeyOf(setting),
    shownValue(setting, config[setting.key]),
  ]);
  const byAgent = (of: (limit: AgentLimit) => unknown) =>
    Object.fromEntries((limits ?? []).map((limit) => [limit.agent, of(limit)]));
  return {
    ...Object.fromEntries(shown),
    ...(limits && {
      agent_limits: byAgent(({ limit }) => limit),
      agent_limits_from: byAgent(({ from }) => from),
    }),
    hostname: hostname(),
  };
}

/** The settings for people: one line each, in groups, with where the value came from; then the agents' limits. */
export function configText({ config, sources }: LoadedConfig, limits: readonly AgentLimit[]): string {
  const rows = settingRows().map((setting) => ({
    group: setting.group,
    name: variableOf(setting),
    value: asText(shownValue(setting, config[setting.key])),
    note: setting.unused ? `${sources[setting.key]}; unused: ${setting.unused}` : sources[setting.key],
  }));
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  const valueWidth = Math.min(48, Math.max(...rows.map(({ value }) => value.length)));
  const groups = [...new Set(rows.map(({ group }) => group))];
  const blocks = groups.map((group) => {
    const lines = rows
      .filter((row) => row.group === group)
      .map(({ name, value, note }) => `  ${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  (${note})`);
    return [group, ...lines].join('\n');
  });
  return [...blocks, limitsText(limits)].join('\n\n');
}

/** Operators grep for its heading. */
function limitsText(limits: readonly AgentLimit[]): string {
  const heading = 'Agent Limits (slots of each agent; a limit by hand, `set-limit`, shows in `status` only)';
  if (limits.length === 0) return `${heading}\n  there are no agents`;
  const width = Math.max(...limits.map(({ agent }) => agent.length));
  const lines = limits.map(({ agent, queue, limit, from }) => {
    const of = queue === null ? 'no queue' : `queue ${queue}`;
    return `  ${agent.padEnd(width)}  ${String(limit).padStart(4)}  (${from}; ${of})`;
  });
  return [heading, ...lines].join('\n');
}

/** In the unit of the name; without what may be secret. */
function shownValue(setting: Setting<unknown>, value: unknown): unknown {
  if (value === undefined) return null;
  if (setting.secret) return setting.secret(value);
  if (setting.name.endsWith('_SEC')) return Number(value) / 1000;
  if (setting.name.endsWith('_MIN')) return Number(value) / 60_000;
  return value;
}

function asText(value: unknown): string {
  if (value === null) return 'not set';
  if (typeof value !== 'object') return String(value).replace(/[\r\n]+/g, ' ');
  if (Array.isArray(value)) return value.join(', ');
  const limits = Object.entries(value as Record<string, number>);
  return limits.length === 0 ? 'none' : limits.map(([agent, limit]) => `${agent}=${limit}`).join(', ');
}
