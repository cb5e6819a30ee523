import type { CheckAsked } from '../../../contract/check.ts';
import { connectScheduler } from '../../connect.ts';
import { checkJson } from '../../json/check.ts';
import type { Context } from '../call/context.ts';
import { printJson, printLines } from '../show/print.ts';
import { checkText } from '../show/show-check.ts';

/** `check`: exit code 0 when all is well, 1 when a person should look at something. */
export async function showCheck(
  { loaded, temporal }: Context,
  { json, ...asked }: CheckAsked & { json?: boolean },
): Promise<number> {
  const scheduler = await connectScheduler({ temporal, config: loaded.config });
  try {
    const checked = await scheduler.check(asked);
    if (json) printJson(checkJson(checked, Date.now()));
    else printLines(checkText(checked, Date.now()));
    return checked.alerts.length === 0 ? 0 : 1;
  } finally {
    await scheduler.close();
  }
}
