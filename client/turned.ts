import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentStatus, Status } from '../contract/status.ts';
import type { Selection } from './scheduler-client.ts';

/** What turns everything, a queue or an agent off and on: each is undone by its opposite alone. */
export type Switch = 'pause' | 'resume' | 'stop-agents' | 'start-agents';

export type Switches = Pick<Status, 'exists' | 'enabled' | 'daemon' | 'paused' | 'agents'> & {
  stopped?: boolean | undefined;
};

const LOOK_MS = 50;
/** Whoever takes the message needs a moment; where nobody lives it counts when somebody does. */
const TAKEN_MS = 1_000;

/** Which agents a selection means. */
export function isMeant({ agent, queue }: Selection): (each: AgentStatus) => boolean {
  return (each) => (agent === undefined ? queue === undefined || each.queue === queue : each.name === agent);
}

/** How the switches would stand, and nothing else changed. */
export function turned<Before extends Switches>(status: Before, verb: Switch, what: Selection): Before {
  const on = verb === 'pause' || verb === 'stop-agents';
  const isPause = verb === 'pause' || verb === 'resume';
  if (what.agent === undefined && what.queue === undefined)
    return isPause ? { ...status, paused: on } : { ...status, stopped: on };
  const turn = (agent: AgentStatus): AgentStatus => {
    if (what.agent !== undefined)
      return isPause ? { ...agent, paused: on } : { ...agent, ...stoppedIf(on, 'stopped') };
    return isPause ? { ...agent, poolPaused: on } : { ...agent, ...stoppedIf(on, 'poolStopped') };
  };
  return { ...status, agents: status.agents.map((agent) => (isMeant(what)(agent) ? turn(agent) : agent)) };
}

function stoppedIf(on: boolean, key: 'stopped' | 'poolStopped') {
  // Absent means that it is not; a plain false is not of the type.
  return (on ? { [key]: true } : { [key]: undefined }) as Partial<Record<typeof key, true>>;
}

/** Whether it is so already: turned once more, nothing would change. */
export function isTurned(status: Switches, verb: Switch, what: Selection): boolean {
  return textOf(turned(status, verb, what)) === textOf(status);
}

function textOf({ paused, stopped, agents }: Switches): string {
  const ofAgents = agents.map((each) => [each.paused, each.poolPaused, each.stopped, each.poolStopped]);
  return JSON.stringify([paused, stopped === true, ofAgents.map((all) => all.map((one) => one === true))]);
}

/** What can be seen once it is so; `inForce` false: it was not within a second. */
export async function lookUntil<Seen>(
  look: () => Promise<Seen>,
  isSo: (seen: Seen) => boolean,
): Promise<{ after: Seen; inForce: boolean }> {
  const untilMs = performance.now() + TAKEN_MS;
  for (;;) {
    const after = await look();
    const inForce = isSo(after);
    if (inForce || performance.now() > untilMs) return { after, inForce };
    await sleep(LOOK_MS);
  }
}
