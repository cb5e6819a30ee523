import type { Command } from 'commander';
import type { Switch } from '../../turned.ts';
import { openContext } from '../call/context.ts';
import type { Selected } from '../call/selected.ts';
import type { Caller } from './caller.ts';
import * as typed from './typed.ts';

const switches = () => import('../tell/switches.ts');

/** The opposite of each is named, since it alone undoes it. */
const VERBS: Record<Switch, string> = {
  pause: 'start nothing more; what runs goes on. Undone by `resume`',
  resume: 'start tasks again after `pause` or `drain`',
  'stop-agents': 'stop what runs and start nothing more; no attempt is used. Undone by `start-agents`',
  'start-agents': 'start tasks again after `stop-agents`',
};

/** What turns everything, a queue or an agent off, and on again. */
export function switchCommands(root: Command, caller: Caller): void {
  for (const verb of Object.keys(VERBS) as Switch[]) {
    selecting(root.command(verb).description(VERBS[verb])).action(async (options: Selected) => {
      const { turn } = await switches();
      caller.done(await turn(openContext(caller.global()), verb, options));
    });
  }
  selecting(root.command('drain').description('pause, and wait until nothing runs. Undone by `resume`'))
    .option('--timeout <seconds>', 'give up waiting after this long (exit code 1)', typed.timeout)
    .action(async ({ timeout, ...selected }: Selected & { timeout?: number }) => {
      const { drain } = await import('../tell/drain.ts');
      const wait = timeout === undefined ? {} : { timeoutSec: timeout };
      caller.done(await drain(openContext(caller.global()), { ...selected, ...wait }));
    });
  const agents = root.commands.find((command) => command.name() === 'agents') ?? root.command('agents');
  if (agents.description() === '') agents.description('the slots of agents');
  noting(
    agents.command('set-limit').description('slots of an agent for now, until its configured limit changes'),
  )
    .argument('<agent>', 'name of the agent', typed.agentName)
    .argument('<slots>', 'a number from 0 to 1000; `configured`: as configured again', typed.slots)
    .action(async (agent: string, slots: number | null, { note }: { note?: string }) => {
      const { setLimit } = await switches();
      caller.done(await setLimit(openContext(caller.global()), { agent, slots, note }));
    });
}

/** What a command is about: without these options, everything. */
export function selecting(command: Command): Command {
  return noting(command)
    .option('--agent <agent>', 'this agent only', typed.agentName)
    .option('--queue <queue>', 'the agents of this queue only');
}

export function noting(command: Command): Command {
  return command.option(
    '--note <text>',
    'why; it is kept with your name, and shown by status and explain',
    typed.note,
  );
}
