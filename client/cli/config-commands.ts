import { configJson, configText } from '../../config/show.ts';
import { validateConfig } from '../../config/validate.ts';
import type { Context } from './context.ts';
import { print, printJson, printLines, say } from './print.ts';

export function showConfig({ loaded }: Context, { json }: { json?: boolean }): number {
  for (const warning of loaded.warnings) say(warning);
  if (json) printJson(configJson(loaded));
  else printLines(configText(loaded));
  return 0;
}

/** Exit code 0 when nothing is an error; warnings are no errors. */
export async function validate({ loaded }: Context, { fix }: { fix?: boolean }): Promise<number> {
  const { problems, fixed } = await validateConfig(loaded, { fix: fix === true });
  const marks = { error: 'error  ', warning: 'warning', ok: 'ok     ' };
  for (const text of fixed) print(`fixed    ${text}`);
  for (const { level, text } of problems) print(`${marks[level]}  ${text}`);
  const errors = problems.filter(({ level }) => level === 'error').length;
  print(errors === 0 ? 'The configuration can be used.' : `${errors} error${errors === 1 ? '' : 's'}.`);
  return errors === 0 ? 0 : 1;
}
