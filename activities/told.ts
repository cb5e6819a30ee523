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
    async askAdmission(input) {
      const { schedule, workflowId: occurrence, plannedMs, began } = input;
      await activities.askAdmission(input);
      if (began) tell({ what: 'occurrence-began', schedule, occurrence, plannedMs, ...began });
    },
    async lookInTheWay(input) {
      const { schedule, workflowId: occurrence, waits } = input;
      const looked = await activities.lookInTheWay(input);
      if (waits) tell({ what: 'occurrence-waits', schedule, occurrence, waits });
      return looked;
    },
    async noteLeftOut({ workflowId: occurrence, ...of }) {
      tell({ what: 'occurrence-left-out', occurrence, ...of });
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
      const kept = await activities.keepSchedule(input);
      const { nextMs, refused } = kept;
      const state = wanted === 'absent' ? 'absent' : wanted.paused ? 'paused' : 'active';
      tell({
        what: 'schedule-kept',
        schedule,
        wanted: state,
        nextMs,
        ...(refused !== undefined && { refused }),
      });
      return kept;
    },
  };
}

function ownWorkflow(): string {
  return Context.current().info.workflowExecution?.workflowId ?? '';
}
