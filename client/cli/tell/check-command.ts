import type { CheckAsked } from '../../../contract/check.ts';
import { checkJson } from '../../json/check.ts';
import type { Context } from '../call/context.ts';
import { openScheduler } from '../call/scheduler.ts';
import { printJson, printLines } from '../show/print.ts';
import { checkText } from '../show/show-check.ts';

/** `check`: exit code 0 when all is well, 1 when a person should look at something. */
export async function showCheck(
  context: Context,
  { json, ...asked }: CheckAsked & { json?: boolean },
): Promise<number> {
  const scheduler = await openScheduler(context);
  try {
    const checked = await scheduler.check(asked);
    if (json) printJson(checkJson(checked, Date.now()));
    else printLines(checkText(checked, Date.now()));
    return checked.alerts.length === 0 ? 0 : 1;
  } finally {
    await scheduler.close();
  }
}
