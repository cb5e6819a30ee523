import { z } from 'zod';
import { sayRemoved } from '../../../words/tool-answer.ts';
import { scopeToDefine } from '../../routes/schedules/given.ts';
import { placeJson, placeOf } from '../../routes/task-place.ts';
import { checkMay, note, noteOf, taskId, tool } from './tool.ts';
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
        const { definition } = await client.schedules.line(which.schedule, 0);
        checkMay(desk, scopeToDefine(definition));
        const { open } = await client.schedules.delete(which.schedule, said);
        return {
          summary: `Schedule ${which.schedule} is deleted; ${open} of its occurrences go on.`,
          facts: { task_id: which.schedule, did: 'removed', open },
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
