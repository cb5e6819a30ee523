import { sayBacklog } from '../../../words/backlog.ts';
import { sayExplanation } from '../../../words/explanation.ts';
import { backlogJson, explanationJson } from '../../json/explain.ts';
import { type Context, UsageError } from '../call/context.ts';
import { openScheduler } from '../call/scheduler.ts';
import { print, printJson } from '../show/print.ts';

/** `explain`: why a task is where it is, or what keeps all of them. */
export async function explain(
  context: Context,
  task: number | undefined,
  { all, json }: { all?: boolean; json?: boolean },
): Promise<number> {
  if (task !== undefined && all) throw new UsageError('explain: name a task or say --all, not both');
  if (task === undefined && !all)
    throw new UsageError("explain: missing required argument 'task'; --all tells of the whole backlog");
  const scheduler = await openScheduler(context);
  try {
    if (task === undefined) {
      const backlog = await scheduler.explainAll();
      if (json) printJson(backlogJson(backlog));
      else for (const line of sayBacklog(backlog)) print(line);
    } else {
      const explanation = await scheduler.explain(task);
      if (json) printJson(explanationJson(explanation));
      else for (const line of sayExplanation(explanation)) print(line);
    }
    return 0;
  } finally {
    await scheduler.close();
  }
}
