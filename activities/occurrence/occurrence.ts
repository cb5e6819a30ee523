import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import type { AdmissionActivities, OccurrenceActivities } from '../../contract/activities.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { serverClock } from '../server-clock.ts';
import { begin } from './begin.ts';
import { callOff } from './call-off.ts';
import { enter } from './enter.ts';
import { lookAtTask } from './look.ts';
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
    begin: (input) => begin(deps, input, serverClock()()),
    enter: (asked) => enter(deps, asked, serverClock()),
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
