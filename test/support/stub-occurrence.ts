import {
  condition,
  defineSignal,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { BeginInput } from '../../contract/activities.ts';
import { scheduleWorkflowId } from '../../contract/ids.ts';
import { occurrenceEnded } from '../../contract/messages.ts';
import type { Begun, NotBegun, OccurrenceInput, OccurrenceResult } from '../../contract/occurrence.ts';

// A bundle with the schedule, and an occurrence in place of ours, which ends as its test says.

export { schedule } from '../../workflows/schedule/schedule.ts';

const { begin } = proxyActivities<{
  begin(input: BeginInput): Promise<{ begun: Begun } | { not: NotBegun }>;
}>({ startToCloseTimeout: '1 minute', heartbeatTimeout: '10s' });
const endNow = defineSignal<['done' | 'failed']>('end-now');

/** Ends as its title says (`done`, `failed`), or when it is told: `wait`. */
export async function scheduledRun(input: OccurrenceInput): Promise<OccurrenceResult> {
  let told: 'done' | 'failed' | undefined;
  setHandler(endNow, (how) => {
    told = how;
  });
  const { workflowId, runId, searchAttributes } = workflowInfo();
  const [ticked] = (searchAttributes.TemporalScheduledStartTime ?? []) as Date[];
  const plannedMs = input.plannedMs ?? ticked?.getTime() ?? 0;
  const { schedule, trigger = 'plan' } = input;
  const answer = await begin({ schedule, trigger, plannedMs, workflowId, runId });
  if ('not' in answer) return { occurrence: { end: 'left-out', because: answer.not } };
  const { work } = answer.begun.definition;
  if (work.title === 'wait') await condition(() => told !== undefined);
  const end = told ?? (work.title === 'failed' ? 'failed' : 'done');
  const nothing = { task: null, verdict: null, attempts: 1, tokens: 5, log: null, agent: null };
  const occurrence = { end, ...nothing, ...(end === 'failed' && { reason: 'it broke' }) };
  const told_ = { workflowId, runId, plannedMs, endedMs: Date.now(), ended: occurrence };
  await getExternalWorkflowHandle(scheduleWorkflowId(schedule)).signal(occurrenceEnded, told_);
  return { occurrence };
}
