import { hostname } from 'node:os';
import type { LoadedConfig } from './config.ts';
import { jsonKeyOf, type Setting, settingRows, variableOf } from './settings.ts';

/** The settings by their Python names (`agent_limits`, `loop_interval_sec`), in the unit of the name; unset ones are null. */
export function configJson({ config }: LoadedConfig): Record<string, unknown> {
  const shown = settingRows().map((setting) => [
    jsonKeyOf(setting),
    inUnitOfName(setting, config[setting.key]),
  ]);
  return { ...Object.fromEntries(shown), hostname: hostname() };
}

/** The settings for people: one line each, in groups, with where the value came from. */
export function configText({ config, sources }: LoadedConfig): string {
  const rows = settingRows().map((setting) => ({
    group: setting.group,
    name: variableOf(setting),
    value: asText(inUnitOfName(setting, config[setting.key])),
    note: setting.unused ? `${sources[setting.key]}; unused: ${setting.unused}` : sources[setting.key],
  }));
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  const valueWidth = Math.min(48, Math.max(...rows.map(({ value }) => value.length)));
  const groups = [...new Set(rows.map(({ group }) => group))];
  return groups
    .map((group) => {
      const lines = rows
        .filter((row) => row.group === group)
        .map(
          ({ name, value, note }) => `  ${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  (${note})`,
        );
      return [group, ...lines].join('\n');
    })
    .join('\n\n');
}

function inUnitOfName(setting: Pick<Setting<unknown>, 'name'>, value: unknown): unknown {
  if (value === undefined) return null;
  if (setting.name.endsWith('_SEC')) return Number(value) / 1000;
  return value;
}

function asText(value: unknown): string {
  if (value === null) return 'not set';
  if (typeof value !== 'object') return String(value).replace(/[\r\n]+/g, ' ');
  const limits = Object.entries(value as Record<string, number>);
  return limits.length === 0 ? 'none' : limits.map(([agent, limit]) => `${agent}=${limit}`).join(', ');
}
