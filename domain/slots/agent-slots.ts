import { type Health, WELL } from './health.ts';
import { isSameRun, type RunRef } from './run-ref.ts';

/** What the configuration says of one agent. */
export interface AgentPolicy {
  name: string;
  /** Slots: a whole number from 0. */
  limit: number;
  /** Task queue of the hosts that run it. */
  gooseQueue: string;
}

/** What is known of an agent besides its configuration. */
export interface KnownOfAgent {
  name: string;
  /** Slots by hand (`set-limit`), until the configured limit changes. */
  limitByHand: number | null;
  paused: boolean;
  health: Health;
  /** It is given nothing: who holds its slots is not known yet. */
  quiet: boolean;
}

/** One agent of the pool. */
export interface AgentSlots extends KnownOfAgent {
  /** Null: it is not in the configuration (any more), so it is given nothing. */
  limit: number | null;
  gooseQueue: string;
  /** The grant that probes an unwell agent; nothing else is granted to it beside that. */
  probe: RunRef | null;
}

/** An agent of which nothing is known but its name. */
export function unknownAgent(name: string): KnownOfAgent {
  return { name, limitByHand: null, paused: false, health: WELL, quiet: false };
}

export function newAgent(name: string): AgentSlots {
  return { ...unknownAgent(name), limit: null, gooseQueue: '', probe: null };
}

/** Slots in force. */
export function limitOf({ limit, limitByHand }: AgentSlots): number {
  return limit === null ? 0 : (limitByHand ?? limit);
}

export function hasHistory({ limitByHand, paused, health, quiet }: KnownOfAgent): boolean {
  return limitByHand !== null || paused || health.state !== 'well' || quiet;
}

export function knownOf({ name, limitByHand, paused, health, quiet }: KnownOfAgent): KnownOfAgent {
  return { name, limitByHand, paused, health, quiet };
}

/** A probe of another semaphore is none of this one's; one of its own may still be under way. */
export function learn(agent: AgentSlots, known: KnownOfAgent): void {
  Object.assign(agent, knownOf(known));
  setProbe(agent, agent.probe);
}

export function isProbe({ probe }: AgentSlots, run: RunRef): boolean {
  return probe !== null && isSameRun(probe, run);
}

/** Also in the health, which is all that the planner sees. A well agent needs no probe: what was one is a run. */
export function setProbe(agent: AgentSlots, probe: RunRef | null): void {
  const { health } = agent;
  agent.probe = health.state === 'well' ? null : probe;
  if (health.state === 'well') return;
  const { probing: _, ...rest } = health;
  agent.health = agent.probe === null ? rest : { ...rest, probing: true };
}
