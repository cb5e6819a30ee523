import { calledAs } from '../config/called-as.ts';

/** What the headline needs of a status. */
export interface Headline {
  exists?: boolean;
  enabled: boolean;
  paused: boolean;
  daemon: string | null;
}

/** The state of the scheduler as a clause for people: everything that keeps tasks from starting, the first first. */
export function sayScheduler({ exists = true, enabled, paused, daemon }: Headline): string {
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
