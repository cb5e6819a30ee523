import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { occurrenceMemoIn } from '../../contract/memos.ts';
import type { OccurrenceEnd, OccurrenceMemo, OccurrenceResult } from '../../contract/occurrence.ts';
import type { Definition } from '../../domain/schedule/definition.ts';
import { eventually } from './eventually.ts';
import { definitionOf, SELDOM, scheduleAt } from './schedules.ts';

/** A schedule that is due long from now: what begins was started by hand, and `occurs` gives its workflow id. */
export async function scheduled(client: Client, name: string, change: Partial<Definition> = {}) {
  const schedule = scheduleAt(client, name);
  const work: Definition['work'] = { kind: 'task', title: `${name} {{count}}`, queue: 'dev' };
  await schedule.define(definitionOf(name, { timing: SELDOM, work, ...change }));
  const occurs = async (): Promise<string> => {
    const ran = await schedule.runNow();
    if (!ran.started) throw new Error(`it was not started: ${ran.because}`);
    return ran.workflowId;
  };
  return { ...schedule, occurs };
}

export async function memoOf(occurrence: WorkflowHandle): Promise<OccurrenceMemo | undefined> {
  return occurrenceMemoIn((await occurrence.describe()).memo);
}

export function reaches(occurrence: WorkflowHandle, phase: OccurrenceMemo['phase']): Promise<OccurrenceMemo> {
  return eventually(`${occurrence.workflowId} is ${phase}`, async () => {
    const memo = await memoOf(occurrence);
    return memo?.phase === phase && memo;
  });
}

/** How an occurrence ended, whether it returned or failed. */
export async function occurrenceEnd(
  occurrence: WorkflowHandle,
): Promise<OccurrenceEnd & { failedAs?: string | undefined; says?: string }> {
  try {
    return ((await occurrence.result()) as OccurrenceResult).occurrence;
  } catch (error) {
    const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
    if (!(cause instanceof ApplicationFailure)) throw error;
    const [result] = (cause.details ?? []) as OccurrenceResult[];
    return {
      ...(result?.occurrence as OccurrenceEnd),
      failedAs: cause.type ?? undefined,
      says: cause.message,
    };
  }
}
