import { createHash } from 'node:crypto';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Config } from '../../config/config.ts';
import type { BeginInput } from '../../contract/activities.ts';
import { scheduleWorkflowId } from '../../contract/ids.ts';
import { scheduleMemoIn } from '../../contract/memos.ts';
import { beginOccurrence } from '../../contract/messages.ts';
import type { BeginAsked, Begun, NotBegun } from '../../contract/occurrence.ts';
import { UnreadableTiming } from '../../domain/schedule/compile.ts';
import type { Work } from '../../domain/schedule/definition.ts';
import { newestDue } from '../../domain/schedule/newest-due.ts';
import { findRecipe } from '../../goose/recipe/find.ts';
import { fulfilled, Refused } from '../../temporal/fulfilled.ts';

/** One that begins later than that may have been missed, and a newer one with it. */
const LATE_MS = 30_000;
const ANSWER_MS = 30_000;

type Answer = { begun: Begun } | { not: NotBegun };

/** Asks the schedule of an occurrence what it is to do. @param nowMs by the server's clock */
export async function begin(
  { client, config }: { client: Client; config: Config },
  { schedule, ...input }: BeginInput,
  nowMs: number,
): Promise<Answer> {
  const { plannedMs, trigger } = input;
  const isLate = trigger === 'plan' && nowMs - plannedMs > LATE_MS;
  const newestDueMs = isLate ? await newestSince(client, schedule, { plannedMs, nowMs }) : undefined;
  const answer = await askSchedule(client, schedule, {
    ...{ ...input, atMs: nowMs },
    ...(newestDueMs !== undefined && { newestDueMs }),
  });
  if ('not' in answer) return answer;
  const { begun } = answer;
  return { begun: { ...begun, recipeHash: await recipeHash(config, begun.definition.work) } };
}

/** One whose jitter is not over may still come, so it counts as not due yet. */
async function newestSince(
  client: Client,
  schedule: string,
  { plannedMs, nowMs }: { plannedMs: number; nowMs: number },
): Promise<number | undefined> {
  try {
    const { memo } = await client.workflow.getHandle(scheduleWorkflowId(schedule)).describe();
    const definition = scheduleMemoIn(memo)?.schedule.definition;
    if (definition === undefined) return undefined;
    return newestDue(definition, { afterMs: plannedMs, untilMs: nowMs - definition.jitterMs });
  } catch (error) {
    // Its schedule has the word for either.
    if (error instanceof WorkflowNotFoundError || error instanceof UnreadableTiming) return undefined;
    throw error;
  }
}

async function askSchedule(client: Client, schedule: string, asked: BeginAsked): Promise<Answer> {
  try {
    return await fulfilled(
      client,
      { workflowId: scheduleWorkflowId(schedule), wish: beginOccurrence, args: [asked] },
      { withinMs: ANSWER_MS, id: `begin-${asked.runId}` },
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { not: { why: 'no-such-schedule' } };
    if (!(error instanceof Refused)) throw error;
    throw ApplicationFailure.nonRetryable(`the schedule refused it: ${error.message}`, 'refused');
  }
}

/** Of the recipe that is to be run, as far as that is known by now: who of a queue gets a task is not. */
async function recipeHash({ recipesDir }: Config, work: Work): Promise<string | null> {
  if (work.kind === 'command') return null;
  const { recipe, agent } = work;
  if (recipe === undefined && agent === undefined) return null;
  const tags = recipe === undefined ? [] : [`recipe:${recipe}`];
  const text = await findRecipe({ recipesDir, agent: agent ?? '', tags }).then(
    (found) => found.text,
    () => undefined,
  );
  return text === undefined ? null : createHash('sha256').update(text).digest('hex');
}
