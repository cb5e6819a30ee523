import { z } from 'zod';
import { startedJson } from '../../../client/json/schedules/started.ts';
import type { SchedulerClient, Selection } from '../../../client/scheduler-client.ts';
import { stillOff } from '../../../client/still-off.ts';
import { isTurned, lookUntil } from '../../../client/turned.ts';
import type { Note } from '../../../contract/by-hand.ts';
import type { ScheduleLine } from '../../../contract/schedule.ts';
import { sayCancelled } from '../../../words/cancelled.ts';
import { sayReason } from '../../../words/reason.ts';
import { sayRetried } from '../../../words/retried.ts';
import { sayStarted } from '../../../words/schedule-done.ts';
import { NOT_TAKEN, sayAskedToStop } from '../../../words/tool-answer.ts';
import { OVER_MCP } from '../../../words/ways.ts';
import { switchesJson } from '../../routes/switch-state.ts';
import { placeJson, placeOf } from '../../routes/task-place.ts';
import { soon } from './daemon.ts';
import { scheduleStanding } from './rows.ts';
import { type Desk, name, note, noteOf, refuse, SEEN_WITHIN_MS, type Told, taskId, tool } from './tool.ts';
import { whichOf } from './which.ts';

const shape = z.strictObject({
  action: z.enum(['pause', 'resume', 'run-now', 'retry', 'cancel']),
  task_id: taskId
    .optional()
    .describe('A task for run-now, retry, cancel; a schedule for pause, resume, run-now'),
  agent: name.optional().describe('For pause and resume'),
  queue: name.optional().describe('For pause and resume: its agents'),
  note,
});
type Asked = z.output<typeof shape>;
type Of<Action> = Asked & { action: Action };

export const control = tool({
  ...{ name: 'scheduler_control', scope: 'operate', destructive: true, shape },
  about:
    'pause or resume an agent, a queue or a schedule; run-now puts a task first; retry calls back a parked one; cancel stops one (poll scheduler_get_task)',
  async run(asked, desk) {
    const { action, task_id: text, agent, queue } = asked;
    const targets = Object.entries({ task_id: text, agent, queue }).filter(
      ([, value]) => value !== undefined,
    );
    if (targets.length !== 1)
      refuse('task_id', `${action} is for one thing: give one of task_id, agent and queue`);
    if (text === undefined) {
      if (action === 'pause' || action === 'resume') return turn({ ...asked, action }, desk);
      return refuse('task_id', `${action} is for a task: give its task_id`);
    }
    const which = await whichOf(desk, text);
    return 'schedule' in which ? ofSchedule(asked, which.schedule, desk) : ofTask(asked, which.taskId, desk);
  },
});

/** An agent, or a queue. */
async function turn({ action, agent, queue, note: why }: Of<'pause' | 'resume'>, desk: Desk): Promise<Told> {
  const what: Selection = { ...(agent !== undefined && { agent }), ...(queue !== undefined && { queue }) };
  const { status: before } = await desk.look.within(0);
  await desk.scheduler.use((client) =>
    action === 'pause' ? client.pause(what, noteOf(desk, why)) : client.resume(what, noteOf(desk, why)),
  );
  const on = action === 'pause';
  const { after: seen, inForce } = await lookUntil(
    () => desk.look.within(0),
    ({ status }) => isTurned(status, action, what),
  );
  const after = seen.status;
  const whom = agent === undefined ? `Queue ${queue}` : `Agent ${agent}`;
  const { all, some } = action === 'resume' ? stillOff(after, what) : { all: [], some: [] };
  return {
    summary: inForce
      ? `${whom} is ${action}d${on ? ': nothing new starts there, what runs goes on' : ''}.`
      : `${NOT_TAKEN}.`,
    lines: [...all, ...some].map((each) => `Still off: ${sayReason(each)}`),
    facts: { before: switchesJson(before, what), after: switchesJson(after, what), in_force: inForce },
  };
}

async function ofSchedule({ action, note: why }: Asked, schedule: string, desk: Desk): Promise<Told> {
  const said = noteOf(desk, why);
  return desk.scheduler.use(async ({ schedules }) => {
    switch (action) {
      case 'pause':
      case 'resume': {
        const before = await schedules.line(schedule, 1);
        const isNew =
          action === 'pause' ? await schedules.pause(schedule, said) : await schedules.resume(schedule, said);
        const after = await schedules.line(schedule, 1);
        return {
          summary: `Schedule ${schedule} is ${after.state}${isNew ? '' : ', as it was'}.`,
          facts: { task_id: schedule, changed: isNew, ...standings(before, after) },
        };
      }
      case 'run-now': {
        const before = await schedules.line(schedule, 1);
        const started = await schedules.runNow(schedule, { tellsMs: SEEN_WITHIN_MS }, said);
        const after = await schedules.line(schedule, 1);
        const { occurrence, waits, left_out, end } = startedJson(started, null);
        const id = started.taskId === null ? null : String(started.taskId);
        return {
          summary: sayStarted(schedule, started, OVER_MCP),
          facts: { schedule, occurrence, task_id: id, waits, left_out, end, ...standings(before, after) },
        };
      }
      case 'retry':
      case 'cancel':
        await schedules.line(schedule, 0);
        return refuse('action', `${action} is for a task: scheduler_remove_task takes out a schedule`);
    }
  });
}

function standings(before: ScheduleLine, after: ScheduleLine): Record<string, unknown> {
  return { before: scheduleStanding(before), after: scheduleStanding(after) };
}

async function ofTask({ action, note: why }: Asked, id: number, desk: Desk): Promise<Told> {
  if (action === 'pause' || action === 'resume')
    return refuse('action', `${action} is for an agent, a queue or a schedule; cancel stops a task`);
  return desk.scheduler.use(async (client) => {
    const before = await placeOf(client, await desk.look.within(0), id);
    const done = await DEEDS[action](client, id, noteOf(desk, why));
    desk.look.outdate();
    const after = await placeOf(client, await desk.look.within(0), id);
    return {
      summary: done.says,
      facts: { did: done.did, before: placeJson(before), after: placeJson(after) },
    };
  });
}

type Deed = (client: SchedulerClient, taskId: number, note: Note) => Promise<{ did: string; says: string }>;

const DEEDS: Record<Exclude<Asked['action'], 'pause' | 'resume'>, Deed> = {
  async 'run-now'(client, id) {
    await client.runNow(id);
    return { did: 'put-first', says: `Task ${id} is put first in line.` };
  },
  async retry(client, id, said) {
    const done = await client.retry(id, said);
    return { did: done.did, says: sayRetried(done) };
  },
  /** Whoever called does not wait until goose has ended. */
  async cancel(client, id, said) {
    let done = { did: 'asked', says: sayAskedToStop(id, OVER_MCP.task(id)) };
    const work = client.cancel(id, said).then((cancelled) => {
      done = { did: cancelled.did, says: sayCancelled(cancelled) };
      return true;
    });
    await soon(work);
    return done;
  },
};
