import { agentLimits } from '../../../config/agent-limits.ts';
import { configJson, configText } from '../../../config/show.ts';
import { withAgentFiles } from '../../../config/starter.ts';
import { validateConfig } from '../../validate/validate.ts';
import type { Context } from '../call/context.ts';
import { print, printJson, printLines } from '../show/print.ts';

export async function showConfig(context: Context, { json }: { json?: boolean }): Promise<number> {
  const loaded = withAgentFiles(context.loaded);
  const limits = await agentLimits(loaded);
  if (json) printJson(configJson(loaded, limits));
  else printLines(configText(loaded, limits));
  return 0;
}

/** A mark for the eye, a word for grep. */
const MARKS = { fixed: '+ fixed  ', error: '✗ error  ', warning: '! warning', ok: '✓ ok     ' };

/** Exit code 0 when nothing is an error; warnings are no errors. */
export async function validate(context: Context, { fix }: { fix?: boolean }): Promise<number> {
  const { problems: ofConfiguration, fixed } = await validateConfig(context.loaded, { fix: fix === true });
  const { schedulerFindings } = await import('./scheduler-findings.ts');
  const problems = [...ofConfiguration, ...(await schedulerFindings(context))];
  for (const text of fixed) print(`${MARKS.fixed}  ${text}`);
  for (const { level, text } of problems) print(`${MARKS[level]}  ${text}`);
  const errors = problems.filter(({ level }) => level === 'error').length;
  print(errors === 0 ? 'The configuration can be used.' : `${errors} error${errors === 1 ? '' : 's'}.`);
  return errors === 0 ? 0 : 1;
}
