import { Context } from '@temporalio/activity';
import type { OccurrenceActivities, ScheduleActivities } from '../contract/activities.ts';
import type { TaskLook } from '../contract/occurrence.ts';
import type { TaskRef } from '../domain/task.ts';
import type { Tell } from './events.ts';

// Activities of schedules and occurrences that also tell the log what came of them. What fails tells nothing: it is tried again.

export function toldOccurrences(activities: OccurrenceActivities, tell: Tell): OccurrenceActivities {
  const toldLook = (task: TaskRef, look: TaskLook, calledOff: boolean) => {
    const { state, reason, attempts } = look;
    if (state === 'open') return look;
    const about = { state, attempts, ...(reason !== undefined && { reason }) };
    tell({ what: 'occurrence-over', occurrence: ownWorkflow(), taskId: task.id, look: about, calledOff });
    return look;
  };
  return {
    ...activities,
    async begin(input) {
      const { schedule, workflowId: occurrence, plannedMs, trigger } = input;
      const answer = await activities.begin(input);
      const of = { schedule, occurrence, plannedMs };
      if ('not' in answer) tell({ what: 'occurrence-left-out', ...of, because: answer.not });
      else {
        const { number, version } = answer.begun;
        tell({ what: 'occurrence-began', ...of, trigger, number, version });
      }
      return answer;
    },
    async enter(asked) {
      const { schedule, workflowId: occurrence, plannedMs } = asked;
      const answer = await activities.enter(asked);
      if (answer.enter === 'not')
        tell({ what: 'occurrence-left-out', schedule, occurrence, plannedMs, because: answer.because });
      else if (answer.enter !== 'now')
        tell({ what: 'occurrence-waits', schedule, occurrence, waits: answer.waits });
      return answer;
    },
    async createTask(input) {
      const made = await activities.createTask(input);
      const schedule = input.begun.definition.name;
      tell({ what: 'occurrence-task', schedule, occurrence: input.occurrence, taskId: made.id });
      return made;
    },
    lookAtTaskOfOccurrence: async (input) =>
      toldLook(input.task, await activities.lookAtTaskOfOccurrence(input), false),
    callOff: async (input) => toldLook(input.task, await activities.callOff(input), true),
  };
}

export function toldSchedules(activities: ScheduleActivities, tell: Tell): ScheduleActivities {
  return {
    ...activities,
    async keepSchedule(input) {
      const { name: schedule, wanted } = input;
      const { nextMs, refused } = await activities.keepSchedule(input);
      const state = wanted === 'absent' ? 'absent' : wanted.paused ? 'paused' : 'active';
      tell({
        what: 'schedule-kept',
        schedule,
        wanted: state,
        nextMs,
        ...(refused !== undefined && { refused }),
      });
      return { nextMs, ...(refused !== undefined && { refused }) };
    },
  };
}

function ownWorkflow(): string {
  return Context.current().info.workflowExecution?.workflowId ?? '';
}
