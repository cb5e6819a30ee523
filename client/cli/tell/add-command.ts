import { loadAgents } from '../../../config/agent-control.ts';
import type { Config } from '../../../config/config.ts';
import { nearestName } from '../../../domain/nearest-name.ts';
import { COMMANDS_AGENT } from '../../../domain/schedule/definition.ts';
import { sayReason } from '../../../words/reason.ts';
import type { NewTaskInput } from '../../scheduler-client.ts';
import { type Context, UsageError } from '../call/context.ts';
import { openScheduler } from '../call/scheduler.ts';
import { print, quotation, say } from '../show/print.ts';

/** Adds a task to TinyTask; needs no Temporal server. */
export async function add(context: Context, task: NewTaskInput): Promise<number> {
  if (task.title.trim() === '') throw new UsageError('add: the title is empty');
  const scheduler = await openScheduler(context, async () => (await import('./add-here.ts')).adder(context));
  try {
    const added = await scheduler.add(task);
    print(`Task ${added.id} "${quotation(added.title)}" added.`);
    await sayWhoTakesIt(context.loaded.config, task);
    return 0;
  } finally {
    await scheduler.close();
  }
}

/** The task is there all the same, since the agent may come later; a person should know that nobody takes it now. */
async function sayWhoTakesIt(config: Config, { queue, agent }: NewTaskInput): Promise<void> {
  if (queue === undefined && agent === undefined) {
    say('it has neither a queue nor an agent, so nobody will take it; give it --queue or --agent');
    return;
  }
  const { agents, mode, warnings } = await loadAgents(config, { keep: false });
  const names = agents.map(({ name }) => name);
  const queues = [...new Set(agents.flatMap((known) => known.queue ?? []))];
  if (agent !== undefined) {
    if (agent === COMMANDS_AGENT && names.includes(agent))
      say(`it will be parked: "${agent}" runs what a schedule says, and nothing else`);
    if (names.includes(agent)) return;
    say(`nobody takes it now: it is ${sayReason({ why: 'unknown-agent', agent })}${nearest(agent, names)}`);
  } else if (queue !== undefined && !queues.includes(queue)) {
    const why =
      mode === 'legacy'
        ? { why: 'legacy-unassigned' as const }
        : { why: 'no-agent-for-queue' as const, queue };
    say(`nobody takes it now: ${sayReason(why)}${nearest(queue, queues)}`);
  }
  if (agents.length === 0) for (const warning of warnings) say(warning);
}

function nearest(name: string, known: string[]): string {
  const near = nearestName(name, known);
  if (near !== undefined) return ` (did you mean ${JSON.stringify(near)}?)`;
  return known.length === 0 ? '' : ` (there are: ${known.join(', ')})`;
}
