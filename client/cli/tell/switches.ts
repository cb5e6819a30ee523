import { calledAs } from '../../../config/called-as.ts';
import { sayLimitSet, sayStopped } from '../../../words/stopped.ts';
import { saySwitchedOn } from '../../../words/switched-on.ts';
import type { SchedulerClient, Selection } from '../../scheduler-client.ts';
import { stillOff } from '../../still-off.ts';
import { isTurned, lookUntil, type Switch } from '../../turned.ts';
import type { Context } from '../call/context.ts';
import { saidBy } from '../call/said-by.ts';
import { nameOf, optionsOf, type Selected } from '../call/selected.ts';
import { print } from '../show/print.ts';
import { sayIfNobodyIsThere, saysIfNobodyIsThere, withScheduler } from './commands.ts';

/** `pause`, `resume`, `stop-agents`, `start-agents`. Exit code 1: something that was to stop still runs. */
export async function turn(context: Context, verb: Switch, { note, ...what }: Selected): Promise<number> {
  const target = nameOf(verb, what);
  const said = saidBy(note);
  return withScheduler(context, async (scheduler) => {
    switch (verb) {
      case 'pause':
        await scheduler.pause(what, said);
        return [`${target} is paused: nothing more starts; what runs goes on.`];
      case 'resume':
        await scheduler.resume(what, said);
        return switchedOn(scheduler, verb, what);
      case 'start-agents':
        await scheduler.startAgents(what, said);
        return switchedOn(scheduler, verb, what);
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

/** Each switch has its own opposite: who turns only one of several on again is told of the others. */
async function switchedOn(
  scheduler: SchedulerClient,
  verb: 'resume' | 'start-agents',
  what: Selection,
): Promise<string[]> {
  const { after: status } = await lookUntil(
    () => scheduler.status(),
    (seen) => seen.daemon === null || isTurned(seen, verb, what),
  );
  sayIfNobodyIsThere(status);
  return [saySwitchedOn(nameOf(verb, what), verb, stillOff(status, what))];
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
