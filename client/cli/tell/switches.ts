import { calledAs } from '../../../config/called-as.ts';
import type { Status } from '../../../contract/status.ts';
import { sayLimitSet, sayStopped } from '../../../words/stopped.ts';
import type { SchedulerClient, Selection } from '../../scheduler-client.ts';
import type { Context } from '../call/context.ts';
import { saidBy } from '../call/said-by.ts';
import { nameOf, optionsOf, type Selected, type Verb } from '../call/selected.ts';
import { print } from '../show/print.ts';
import { saysIfNobodyIsThere, withScheduler } from './commands.ts';

/** `pause`, `resume`, `stop-agents`, `start-agents`. Exit code 1: something that was to stop still runs. */
export async function turn(context: Context, verb: Verb, { note, ...what }: Selected): Promise<number> {
  const target = nameOf(verb, what);
  const said = saidBy(note);
  return withScheduler(context, async (scheduler) => {
    switch (verb) {
      case 'pause':
        await scheduler.pause(what, said);
        return [`${target} is paused: nothing more starts; what runs goes on.`];
      case 'resume':
        await scheduler.resume(what, said);
        return [`${target} starts tasks again.${await whatKeepsIt(scheduler, what)}`];
      case 'start-agents':
        await scheduler.startAgents(what, said);
        return [`${target} starts tasks again.${await stillPaused(scheduler, what)}`];
      case 'stop-agents': {
        const stopped = await scheduler.stopAgents(what, said);
        for (const each of stopped) print(sayStopped(each));
        const left = stopped.filter(({ did }) => did === 'still-running').length;
        if (left > 0) await saysIfNobodyIsThere(scheduler);
        const ran =
          stopped.length === 0 ? 'nothing ran' : `${stopped.length - left} of ${stopped.length} are stopped`;
        const undo = `${calledAs()} start-agents${optionsOf(what)}`;
        return {
          lines: [`${target} starts nothing more until \`${undo}\`; ${ran}.`],
          code: left > 0 ? 1 : 0,
        };
      }
    }
  });
}

/** Each switch has its own opposite: who turns only one of two on again is told. */
async function whatKeepsIt(scheduler: SchedulerClient, what: Selection): Promise<string> {
  const status = await scheduler.status();
  return `${stillStopped(status, what)}${stillHeld(status, what)}`;
}

function stillStopped(status: Status, what: Selection): string {
  const isOff =
    what.agent === undefined && what.queue === undefined
      ? status.stopped
      : agentsOf(status, what).some(({ stopped, poolStopped }) => stopped || poolStopped);
  return isOff || status.stopped
    ? ` Agents are still stopped: \`${calledAs()} start-agents\` undoes that.`
    : '';
}

function stillHeld(status: Status, what: Selection): string {
  const isAll = what.agent === undefined && what.queue === undefined;
  const about = isAll ? status.agents : agentsOf(status, what);
  const held = new Map(
    about.flatMap(({ queue, poolHold }) => (poolHold ? [[queue, poolHold] as const] : [])),
  );
  const [first] = held;
  if (first === undefined) return '';
  const [queue, { reason }] = first;
  const more = held.size > 1 ? ` So are ${held.size - 1} more.` : '';
  return ` Queue ${queue} is held, since the same trouble took its agents (${reason}): one task tries first.${more}`;
}

async function stillPaused(scheduler: SchedulerClient, what: Selection): Promise<string> {
  const status = await scheduler.status();
  const isOff = agentsOf(status, what).some(({ paused, poolPaused }) => paused || poolPaused);
  const named = what.agent !== undefined || what.queue !== undefined;
  return status.paused || (named && isOff)
    ? ` It is still paused: \`${calledAs()} resume\` undoes that.`
    : '';
}

function agentsOf({ agents }: Status, { agent, queue }: Selection) {
  return agents.filter((each) => each.name === agent || (queue !== undefined && each.queue === queue));
}

/** `agents set-limit`. */
export function setLimit(
  context: Context,
  { agent, slots, note }: { agent: string; slots: number | null; note: string | undefined },
): Promise<number> {
  return withScheduler(context, async (scheduler) => {
    const set = await scheduler.setLimit(agent, slots, saidBy(note));
    await saysIfNobodyIsThere(scheduler);
    return [sayLimitSet(set)];
  });
}
