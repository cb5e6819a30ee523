import { z } from 'zod';
import { sayTakenOut } from '../../../words/schedule-done.ts';
import { sayRemoved } from '../../../words/tool-answer.ts';
import { placeJson, placeOf } from '../../routes/task-place.ts';
import { scheduleStanding } from './rows.ts';
import { checkMayDefine, note, noteOf, taskId, tool } from './tool.ts';
import { whichOf } from './which.ts';

const shape = z.strictObject({ task_id: taskId, note });

export const removeTask = tool({
  ...{ name: 'scheduler_remove_task', scope: 'operate', destructive: true, idempotent: true, shape },
  about: 'Remove a task that does not run (it is archived), or a schedule by name; what it started goes on',
  async run({ task_id: text, note: why }, desk) {
    const which = await whichOf(desk, text);
    const said = noteOf(desk, why);
    return desk.scheduler.use(async (client) => {
      if ('schedule' in which) {
        const before = await client.schedules.line(which.schedule, 1);
        checkMayDefine(desk, before.definition);
        const { open } = await client.schedules.delete(which.schedule, said);
        return {
          summary: sayTakenOut(which.schedule, open),
          facts: {
            ...{ task_id: which.schedule, did: 'removed', open },
            ...{ before: scheduleStanding(before), after: null },
          },
        };
      }
      const before = await placeOf(client, await desk.look.within(0), which.taskId);
      const removed = await client.remove(which.taskId, said);
      const after = { ...before, phase: removed.did === 'removed' ? ('archived' as const) : before.phase };
      return {
        summary: sayRemoved(removed),
        facts: { did: removed.did, before: placeJson(before), after: placeJson(after) },
      };
    });
  },
});
