import type { Remedy } from '../domain/plan/remedy.ts';
import type { SmallestChange } from '../domain/plan/smallest-change.ts';
import { COMMANDS_AGENT } from '../domain/schedule/definition.ts';
import { moment } from './clock.ts';
import { number } from './number.ts';
import { sayTasks } from './reason.ts';
import { sayWhose } from './whose.ts';

/** What would start a task, as a sentence; undefined where nothing has to be done. */
export function sayChange({ needs, isEnough }: SmallestChange): string | undefined {
  if (needs.length === 0) return undefined;
  const steps = needs.map((need) => need.map(sayRemedy).join(', or '));
  return `To start it: ${steps.join('; and then ')}${isEnough ? '' : '; what it needs beyond that shows then'}.`;
}

/** Why it takes more slots than its own. */
function before(tasks: number): string {
  if (tasks === 0) return '';
  return tasks === 1 ? ', since a task before it gets one' : `, since ${tasks} tasks before it get one each`;
}

/** One change, as a clause for people. */
export function sayRemedy(remedy: Remedy): string {
  switch (remedy.do) {
    case 'enable':
      return 'set TINYSCHEDULER_ENABLED to true for the daemon, and start it again';
    case 'resume':
      return remedy.stopped ? '`start-agents`' : '`resume`';
    case 'resume-agent':
      return `\`${remedy.stopped ? 'start-agents' : 'resume'} --agent ${remedy.agent}\``;
    case 'resume-queue':
      return `\`${remedy.stopped ? 'start-agents' : 'resume'} --queue ${remedy.queue}\``;
    case 'retry':
      return `\`retry ${remedy.taskId}\``;
    case 'run-now':
      return `\`run-now ${remedy.taskId}\``;
    case 'complete':
      return `complete ${sayTasks(remedy.taskIds, remedy.more)}`;
    case 'unblock':
      return `take the blocker of task ${remedy.taskId} away in TinyTask`;
    case 'free-slots':
      return `${remedy.count === 1 ? 'a free slot' : `${remedy.count} free slots`} of ${sayWhose(remedy.whose)}${before(remedy.count - 1)}`;
    case 'give-slots':
      return `\`agents set-limit ${remedy.agent} 1\`, or another limit above 0`;
    case 'give-queue-or-agent':
      return `give task ${remedy.taskId} a queue or an agent in TinyTask`;
    case 'add-agent-for-queue':
      return `add an agent with agentType "${remedy.queue}" to the agent control file`;
    case 'add-agent':
      if (remedy.agent === COMMANDS_AGENT)
        return 'set TINYSCHEDULER_BIN_DIR to the directory of the programs, where the daemon and its workers run, and start them again';
      return `add "${remedy.agent}" to the agent control file, or give the task to another`;
    case 'write-control-file':
      return 'write an agent control file (`validate-config --fix` makes one), or give the task an agent';
    case 'mend-agent':
      return `mend ${remedy.agent}: ${remedy.reason}`;
    case 'raise-budget':
      return `raise the budget of ${sayWhose(remedy.whose)} above ${number(remedy.above)} tokens a day`;
    case 'wait':
      return remedy.untilMs === null
        ? 'wait, since that is over by itself'
        : `wait until ${moment(remedy.untilMs)}`;
    case 'start-daemon':
      return 'start a daemon (`start`, `run --daemon`), or make one pass (`run --once`)';
  }
}
