import type { Reason } from '../domain/plan/reason.ts';
import { COMMANDS_AGENT } from '../domain/schedule/definition.ts';
import { sayUsedUp } from './budget.ts';
import { clock } from './clock.ts';
import { sayHold } from './hold.ts';

/** Tasks that block each other in a circle, as a sentence without a full stop. */
export function sayCycle(ids: readonly number[]): string {
  return `${sayTasks(ids)} wait for each other: none of them can start until one of these blockers is taken away`;
}

/** A waiting task's reason, and what will still hold after it, as clauses for people. */
export function sayWaiting({ reason, still }: { reason: Reason; still?: Reason }): string {
  return still === undefined ? sayReason(reason) : `${sayReason(reason)}; and ${sayReason(still)}`;
}

const on = (agent: string | null) => (agent === null ? '' : ` on ${agent}`);

/** `task 1`, or `tasks 1, 2, … (12)`. `more`: so many beyond these. */
export const sayTasks = (ids: readonly number[], more = 0) => {
  const all = ids.length + more;
  if (all === 1) return `task ${ids[0]}`;
  return `tasks ${ids.slice(0, IDS_SAID).join(', ')}${all > Math.min(IDS_SAID, ids.length) ? `, … (${all})` : ''}`;
};

/**
 * What has become of all slots, as a clause about them. Free ones that tasks before it are to get are not called taken. More
 * runs than slots: the others wait in line, or the limit was lowered.
 */
function sayTaken({ used, held = used, limit }: { used: number; held?: number; limit: number }): string {
  if (held < limit) return `are taken or go to tasks before it (${limit})`;
  return `are taken (${used > limit ? `${limit}, with ${used} runs` : `${used} of ${limit}`})`;
}

/**
 * How an unwell agent is whose time has come, as a clause about it: nothing keeps tasks from it then, but an agent that is
 * known to work comes first (slots/grant.ts).
 */
export const TRY_IS_DUE = 'is tried again with the next task that no well agent has a slot for';

/** The reason as a clause for people, without a full stop. */
export function sayReason(reason: Reason): string {
  switch (reason.why) {
    case 'starting':
      return `can start${on(reason.agent)}${reason.agent === null && reason.queue !== null ? ` in queue "${reason.queue}"` : ''} as soon as the scheduler looks`;
    case 'slot-due':
      return 'it is next: it gets a slot as soon as one is certainly free';
    case 'running':
      return reason.agent === null ? 'already has a run' : `already has a run, on ${reason.agent}`;
    case 'backing-off':
      return `its last attempt${on(reason.agent)} failed; it runs again after the back-off`;
    case 'parked':
      return `parked: it runs again after \`retry\` (its last comment says why)`;
    case 'working-elsewhere':
      return sayElsewhere(reason.by);
    case 'run-dying':
      return `its last run was ended from outside; its processes are certainly gone at ${clock(reason.untilMs)}, and then it is taken back`;
    case 'blocked':
      return `blocked by task ${reason.by}`;
    case 'cycle':
      return `waits for itself: ${[...reason.ids, reason.more ? `… (${reason.more} more)` : [], reason.ids[0]].flat().join(' waits for ')}; remove one of these blockers`;
    case 'open-subtasks':
      return `waits for its open sub${sayTasks(reason.ids, reason.more)}`;
    case 'scheduler-paused':
    case 'agent-paused':
    case 'pool-paused':
      return sayOff(reason);
    case 'scheduler-disabled':
      return 'the scheduler is disabled (TINYSCHEDULER_ENABLED)';
    case 'unassigned':
      return 'has neither a queue nor an agent; give it one';
    case 'not-released':
      return `is of ${reason.occurrence}, which has not given it to a queue or an agent yet`;
    case 'legacy-unassigned':
      return 'has no agent, and in legacy mode (no agent control file) only assigned tasks run';
    case 'no-agent-for-queue':
      return `no agent serves queue "${reason.queue}"; add one with this agentType to the agent control file`;
    case 'unknown-agent':
      return sayUnknown(reason.agent);
    case 'limit-zero':
      return `${reason.agent} has 0 slots`;
    case 'agent-quiet':
      return `it is being found out who holds the slots of ${reason.agent}: its semaphore was ended, or it comes from another pool`;
    case 'agent-cooling-down':
    case 'agent-misconfigured':
      return sayUnwell(reason);
    case 'pool-held':
      return `queue "${reason.queue}" is ${sayHold(reason)}`;
    case 'agent-budget':
      return sayUsedUp(reason.agent, reason.budget);
    case 'pool-budget':
      return sayUsedUp(`queue "${reason.queue}"`, reason.budget);
    case 'agent-full':
      return `all slots of ${reason.agent} ${sayTaken(reason)}`;
    case 'pool-full':
      return `all slots of queue "${reason.queue}" ${sayTaken(reason)}`;
    case 'pool-unavailable':
      return `no agent of queue "${reason.queue}" can run now: ${[...reason.obstacles.map(sayReason), ...(reason.more ? [`and ${reason.more} more`] : [])].join('; ')}`;
    case 'starts-limited':
      return `${reason.limit} tasks were started in one go; the next go follows at once`;
  }
}

function sayUnknown(agent: string): string {
  return agent === COMMANDS_AGENT
    ? `assigned to "${agent}", which runs the programs of schedules, and is off: TINYSCHEDULER_BIN_DIR is not set`
    : `assigned to "${agent}", which is neither in the agent control file nor in the agent limits`;
}

const IDS_SAID = 10;

function sayElsewhere(by: string | null): string {
  return by === null
    ? 'is working, but nobody is assigned and no run of ours has it; `retry` takes it'
    : `is being worked on by ${by}, not by a run of ours; \`retry\` takes it`;
}

function sayUnwell({
  why,
  agent,
  reason,
  untilMs,
  probing,
}: Extract<Reason, { why: 'agent-cooling-down' | 'agent-misconfigured' }>): string {
  if (why === 'agent-cooling-down')
    return probing
      ? `one task tries whether ${agent} works again: ${reason}`
      : `${agent} cools down until ${clock(untilMs)}: ${reason}`;
  return probing
    ? `one task tries whether ${agent} can run now: ${reason}`
    : `${agent} cannot run (${reason}); tried again at ${clock(untilMs)}`;
}

/** A person has paused it, or stopped its agents: the word that undoes that is the opposite of the one that did it. */
function sayOff(
  reason: Extract<Reason, { why: 'scheduler-paused' | 'agent-paused' | 'pool-paused' }>,
): string {
  const { stopped } = reason;
  const undo = stopped ? 'start-agents' : 'resume';
  switch (reason.why) {
    case 'scheduler-paused':
      return stopped
        ? 'all agents are stopped (`start-agents` goes on)'
        : 'the scheduler is paused (`resume` goes on)';
    case 'agent-paused': {
      const { agent } = reason;
      return `${agent} is ${stopped ? 'stopped' : 'paused'} (\`${undo} --agent ${agent}\` goes on)`;
    }
    case 'pool-paused': {
      const { queue } = reason;
      const what = stopped ? `the agents of queue "${queue}" are stopped` : `queue "${queue}" is paused`;
      return `${what} (\`${undo} --queue ${queue}\` goes on)`;
    }
  }
}
