import { calledAs } from '../config/called-as.ts';
import type { SchedulerState } from '../contract/status.ts';

type Headline = Omit<SchedulerState, 'scheduler'>;

/** The state of the scheduler as a clause for people: everything that keeps tasks from starting, the first first. */
export function sayScheduler({ exists, enabled, paused, daemon }: Headline): string {
  const held = [
    ...(enabled ? [] : ['disabled (TINYSCHEDULER_ENABLED is false): nothing starts']),
    ...(paused ? [`paused: nothing starts until \`${calledAs()} resume\``] : []),
  ];
  if (daemon !== null) return held.length === 0 ? 'running' : held.join('; and ');
  const nobody = exists
    ? `no daemon: nothing starts of its own accord (\`${calledAs()} start\`, \`run --daemon\`, or \`run --once\` for one pass)`
    : `not started yet (\`${calledAs()} start\`, \`run --daemon\`, or \`run --once\`)`;
  return [...held, nobody].join('; and ');
}
