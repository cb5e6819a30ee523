import { loadAgents } from '../../../config/agent-control.ts';
import { calledAs } from '../../../config/called-as.ts';
import type { Config } from '../../../config/config.ts';
import type { Status } from '../../../contract/status.ts';
import { nearestName } from '../../../domain/nearest-name.ts';
import { COMMANDS_AGENT } from '../../../domain/schedule/definition.ts';
import { listensAt } from '../../../embedded/servers/reachable.ts';
import { connectOurs, isNoAnswer } from '../../../temporal/connect.ts';
import { checkTinytask } from '../../../temporal/serves.ts';
import { connectTinyTask, type TinyTask } from '../../../tinytask/client.ts';
import { sayWhereItIs } from '../../../words/explanation.ts';
import { sayReason } from '../../../words/reason.ts';
import { addTask } from '../../add-task.ts';
import { connectScheduler } from '../../connect.ts';
import type { NewTaskInput, SchedulerClient } from '../../scheduler-client.ts';
import { type Context, UsageError } from '../call/context.ts';
import { print, quotation, say } from '../show/print.ts';

/** Carries something out on the scheduler, and says what was done. Returns the exit code. */
export async function withScheduler(
  { loaded, temporal }: Context,
  work: (scheduler: SchedulerClient) => Promise<string[] | { lines: string[]; code: number }>,
): Promise<number> {
  const scheduler = await connectScheduler({ temporal, config: loaded.config });
  try {
    const said = await work(scheduler);
    const { lines, code } = Array.isArray(said) ? { lines: said, code: 0 } : said;
    for (const line of lines) print(line);
    return code;
  } finally {
    await scheduler.close();
  }
}

/** A request that nobody carries out is not lost, but a person should know. */
export async function saysIfNobodyIsThere(scheduler: SchedulerClient): Promise<void> {
  sayIfNobodyIsThere(await scheduler.status());
}

export function sayIfNobodyIsThere({ daemon }: Pick<Status, 'daemon'>): void {
  if (daemon === null) {
    say(
      `no daemon is running now: start one (\`${calledAs()} start\`, \`run --daemon\`), or make one pass (\`run --once\`)`,
    );
  }
}

export function runNow(context: Context, task: number | undefined): Promise<number> {
  return withScheduler(context, async (scheduler) => {
    await scheduler.runNow(task);
    await saysIfNobodyIsThere(scheduler);
    if (task === undefined) return ['The scheduler looks for work now.'];
    return [`Task ${task} is first in line.`, ...sayWhereItIs(await scheduler.explain(task))];
  });
}

/**
 * What answers on TinyTask's usual port may belong to the scheduler of another folder, whose agents would take the task.
 * Without a server there is no such scheduler.
 */
async function refuseAnothers({ loaded, temporal }: Context, tinytask: TinyTask): Promise<void> {
  const { config } = loaded;
  await checkTinytask({ config });
  if (config.mcpEndpointExplicit || temporal.explicitlyConfigured) return;
  if (!(await listensAt(temporal.address))) return;
  try {
    const client = await connectOurs({ temporal, config, tinytask });
    await client.connection.close();
  } catch (error) {
    if (!isNoAnswer(error)) throw error;
  }
}

/** Adds a task to TinyTask; needs no Temporal server. */
export async function add(context: Context, task: NewTaskInput): Promise<number> {
  const { loaded } = context;
  if (task.title.trim() === '') throw new UsageError('add: the title is empty');
  const tinytask = connectTinyTask({ endpoint: loaded.config.mcpEndpoint });
  try {
    await refuseAnothers(context, tinytask);
    const added = await addTask(tinytask, task);
    print(`Task ${added.id} "${quotation(added.title)}" added.`);
    await sayWhoTakesIt(loaded.config, task);
    return 0;
  } finally {
    await tinytask.close();
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
