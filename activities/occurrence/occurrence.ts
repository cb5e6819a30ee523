import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import type { AdmissionActivities, OccurrenceActivities } from '../../contract/activities.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { serverClock } from '../server-clock.ts';
import { askAdmission, lookInTheWay } from './ask-admission.ts';
import { askSchedule } from './ask-schedule.ts';
import { callOff } from './call-off.ts';
import { lookAtTask } from './look.ts';
import { hashRecipe } from './recipe-hash.ts';
import { createTask, releaseTask, tidyUp } from './task.ts';
import { occurrencesUnderWay } from './under-way.ts';

export interface OccurrenceDeps {
  client: Client;
  tinytask: TinyTask;
  config: Config;
}

export function occurrenceActivities(deps: OccurrenceDeps): OccurrenceActivities & AdmissionActivities {
  const { tinytask } = deps;
  return {
    askSchedule: (input) => askSchedule(deps.client, input, serverClock()()),
    hashRecipe: (work) => hashRecipe(deps.config, work),
    askAdmission: (input) => askAdmission(deps, input, serverClock()()),
    lookInTheWay: async ({ ids }) => ({ closed: await lookInTheWay(deps.client, ids) }),
    async noteLeftOut() {},
    createTask: (input) => {
      const isLaterTry = Context.current().info.attempt > 1;
      return createTask(tinytask, { ...input, mayBeThere: input.mayBeThere || isLaterTry });
    },
    releaseTask: ({ task, begun }) => releaseTask(tinytask, task, begun),
    tidyUp: ({ occurrence, task }) => tidyUp(tinytask, occurrence, task),
    lookAtTaskOfOccurrence: ({ task }) => lookAtTask(deps, task),
    occurrencesUnderWay: () => occurrencesUnderWay(deps.client),
    callOff: ({ task, why }) => callOff(deps, task, why),
  };
}
