import { sayNotDelivered } from '../../../words/not-delivered.ts';
import { tryNotifying } from '../../notify/try-it.ts';
import { type Context, UsageError } from '../call/context.ts';
import { print, printJson } from '../show/print.ts';

/** `notify --test`: exit code 0 when the message has arrived, 1 when it has not. */
export async function testNotify({ loaded }: Context, { json = false }: { json?: boolean }): Promise<number> {
  const tried = await tryNotifying(loaded);
  if (tried === undefined)
    throw new UsageError('notify: TINYSCHEDULER_NOTIFY is not set, so there is nobody to notify.');
  const { to, id, answer, last } = tried;
  const problem = answer === 'delivered' ? null : sayNotDelivered(answer);
  if (json) printJson({ to, id, delivered: problem === null, problem, last_line: last ?? null });
  else if (problem === null) print(`The test message ${id} was delivered to ${to}.`);
  else print(`The test message was not delivered to ${to}: ${problem}.${last ? ` It says: ${last}` : ''}`);
  return problem === null ? 0 : 1;
}
