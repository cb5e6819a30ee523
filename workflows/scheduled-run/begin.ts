import { condition, uuid4 } from '@temporalio/workflow';
import type { Begun, NotBegun } from '../../contract/occurrence.ts';
import type { Work } from '../../domain/schedule/definition.ts';
import { activities } from './activities.ts';
import { ANSWER_MS } from './answered.ts';
import type { OccurrenceRun } from './occurrence-run.ts';

/** What it is to do, by its schedule. What was asked or answered may be lost with a worker, so it asks until it is answered. */
export async function askWhatToDo(run: OccurrenceRun): Promise<{ begun: Begun } | { not: NotBegun }> {
  run.enter('beginning', `Asks the schedule ${run.asked.schedule}.`);
  run.asking = uuid4();
  const { asking } = run;
  const answered = () => run.beginAnswer !== undefined;
  while (run.beginAnswer === undefined) {
    if ((await activities.askSchedule({ ...run.beginInput, asking })) === 'no-such-schedule')
      return run.beginAnswer ?? { not: { why: 'no-such-schedule' } };
    await condition(answered, ANSWER_MS);
  }
  const answer = run.beginAnswer;
  if ('not' in answer) return answer;
  const { work } = answer.begun.definition;
  const recipeHash = namesRecipe(work) ? await activities.hashRecipe(work) : null;
  return { begun: { ...answer.begun, recipeHash } };
}

function namesRecipe(work: Work): boolean {
  return work.kind === 'task' && (work.recipe !== undefined || work.agent !== undefined);
}
