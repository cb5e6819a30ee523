import { flagOf, type Setting } from './setting.ts';
import { settingRows } from './settings.ts';

/** One option of `run`, in commander's words. */
export interface FlagOption {
  /** `--loop-interval <seconds>` */
  flags: string;
  description: string;
  /** May be given more than once; the values are collected in an array. */
  repeatable: boolean;
}

/** The options that set what a variable sets. A boolean has two: `--dry-run` and `--no-dry-run`. */
export function flagOptions(): FlagOption[] {
  return settingRows()
    .filter((setting) => !setting.unused && !setting.secret)
    .flatMap((setting): FlagOption[] => {
      const flag = flagOf(setting);
      const description = `${setting.doc} (default: ${setting.default ?? 'not set'})`;
      if (setting.kind === 'boolean') {
        return [
          { flags: `--${flag}`, description, repeatable: false },
          { flags: `--no-${flag}`, description: `The opposite of --${flag}.`, repeatable: false },
        ];
      }
      if (setting.kind === 'limits') {
        const once = 'Slots of one agent; can be repeated. Agents not named keep the limit they had.';
        return [{ flags: `--${flag} <agent=slots>`, description: once, repeatable: true }];
      }
      return [{ flags: `--${flag} <${placeholder(setting)}>`, description, repeatable: false }];
    });
}

/** The name under which commander gives the option: `loopInterval`. */
export function flagKeyOf(setting: Pick<Setting<unknown>, 'name' | 'flag'>): string {
  return flagOf(setting).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The options of a command line that commander has read as these. Those that are no settings are left out. */
export function flagArguments(flags: Record<string, unknown>): string[] {
  return settingRows().flatMap((setting) => {
    const value = flags[flagKeyOf(setting)];
    const flag = flagOf(setting);
    if (value === undefined) return [];
    if (setting.kind === 'boolean' && (value === true || value === false))
      return [value ? `--${flag}` : `--no-${flag}`];
    return [value].flat().map((each) => `--${flag}=${each}`);
  });
}

function placeholder({ name, kind }: Setting<unknown>): string {
  if (kind === 'path' || kind === 'command') return 'path';
  if (name.endsWith('_SEC')) return 'seconds';
  if (name.endsWith('_MIN')) return 'minutes';
  if (name.endsWith('_BYTES')) return 'bytes';
  if (name.endsWith('ENDPOINT')) return 'url';
  if (name.endsWith('LEVEL')) return 'level';
  if (name.endsWith('_HOST')) return 'address';
  if (/_(?:NAMES|ORIGINS|EVENTS)$/.test(name)) return 'list';
  return name.endsWith('GROUP') ? 'name' : 'number';
}
