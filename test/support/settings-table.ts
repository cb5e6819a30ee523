import { flagOf, variableOf } from '../../config/setting.ts';
import { settingRows } from '../../config/settings.ts';

/** The settings as the rows of a Markdown table, as the documentation has it. */
export function settingsTable(): string {
  const rows = settingRows().map((setting) => {
    const named = setting.kind === 'boolean' ? `--[no-]${flagOf(setting)}` : `--${flagOf(setting)}`;
    const flag = setting.secret ? '(none)' : named;
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
