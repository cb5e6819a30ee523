import type { ValueSchema } from './values.ts';

export const PREFIX = 'TINYSCHEDULER_';

type SettingGroup =
  | 'Places'
  | 'Agents'
  | 'TinyTask'
  | 'Timing'
  | 'Failures'
  | 'Switches'
  | 'API'
  | 'Metrics'
  | 'Notifications'
  | 'Logs'
  | 'Unused';

export interface Setting<T> {
  /** The variable's name without `TINYSCHEDULER_`. */
  name: string;
  group: SettingGroup;
  schema: ValueSchema<T>;
  /** As text, like a user would write it; a path starting with STATE_DIR/ is below that setting. Absent: not set. */
  default?: string;
  doc: string;
  /** Paths are made absolute: below the base path unless said otherwise. */
  kind?: 'path' | 'command' | 'boolean' | 'limits';
  /** The flag where it is not the name in kebab-case without `_SEC` or `_MIN`. */
  flag?: string;
  /** The key of `config --show --json` where it is not the name in lower case (the Python version's keys). */
  jsonKey?: string;
  /** Nothing was made with it at the start, so it counts as soon as the env file was saved. */
  live?: true;
  /** It may be a secret: it has no flag, since others see those, no message quotes it, and this is how it is shown. */
  secret?(value: T): string;
  /** Why the setting is accepted and changes nothing. */
  unused?: string;
}

/** `TINYSCHEDULER_…` */
export function variableOf(setting: { name: string }): string {
  return PREFIX + setting.name;
}

/** `--loop-interval` without the dashes. */
export function flagOf(setting: Pick<Setting<unknown>, 'name' | 'flag'>): string {
  return (
    setting.flag ??
    setting.name
      .replace(/_(?:SEC|MIN)$/, '')
      .toLowerCase()
      .replaceAll('_', '-')
  );
}

/** The key in `config --show --json`, in snake case with the unit of the variable. */
export function jsonKeyOf(setting: Pick<Setting<unknown>, 'name' | 'jsonKey'>): string {
  return setting.jsonKey ?? setting.name.toLowerCase();
}
