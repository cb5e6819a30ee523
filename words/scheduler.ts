import { calledAs } from '../config/called-as.ts';
import { type DeedKind, deedOf } from '../contract/by-hand.ts';
import type { SchedulerState } from '../contract/status.ts';
import { sayDeed } from './deed.ts';

type Headline = Omit<SchedulerState, 'scheduler'>;

/** The state of the scheduler as a clause for people: everything that keeps tasks from starting, the first first. */
export function sayScheduler({ exists, enabled, paused, stopped, deeds, daemon }: Headline): string {
  const who = (did: DeedKind) => {
    const deed = deedOf(deeds, [did]);
    return deed === undefined ? '' : ` (${sayDeed(deed)})`;
  };
  const held = [
    ...(enabled ? [] : ['disabled (TINYSCHEDULER_ENABLED is false): nothing starts']),
    ...(stopped
      ? [`all agents are stopped: nothing starts until \`${calledAs()} start-agents\`${who('stop-agents')}`]
      : []),
    ...(paused ? [`paused: nothing starts until \`${calledAs()} resume\`${who('pause')}`] : []),
  ];
  if (daemon !== null) return held.length === 0 ? 'running' : held.join('; and ');
  const nobody = exists
    ? `no daemon: nothing starts of its own accord (\`${calledAs()} start\`, \`run --daemon\`, or \`run --once\` for one pass)`
    : `not started yet (\`${calledAs()} start\`, \`run --daemon\`, or \`run --once\`)`;
  return [...held, nobody].join('; and ');
}

/** What stands above what is told of many: nothing where the scheduler runs. */
export function sayHeadline(state: SchedulerState): string[] {
  return state.scheduler === 'running' ? [] : [`Scheduler: ${sayScheduler(state)}.`];
}
