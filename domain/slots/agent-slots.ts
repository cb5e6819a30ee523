import type { Budget } from '../budget.ts';
import type { RunRules } from '../run-rules.ts';
import { type Health, WELL } from './health.ts';
import { isSameRun, type RunRef } from './run-ref.ts';
import { type AgentTokens, arrived } from './tokens.ts';

/** What the configuration says of one agent. */
export interface AgentPolicy {
  name: string;
  /** Slots: a whole number from 0. */
  limit: number;
  /** Where its attempts are sent, for whoever is given a slot; no rule here depends on it. */
  gooseQueue: string;
  /** How its runs are limited and started, likewise; absent: as the settings say. */
  rules?: RunRules;
  budget?: Budget;
}

/** What is known of an agent besides its configuration. */
export interface KnownOfAgent {
  name: string;
  /** Slots by hand (`set-limit`), until the configured limit changes. */
  limitByHand: number | null;
  paused: boolean;
  /** A person has stopped it: what ran, and what would start. Absent: not so. */
  stopped?: true;
  health: Health;
  /** It is given nothing, since it is not known yet who holds its slots. */
  quiet: boolean;
  /** What it took; absent: neither it nor its pool has a budget. */
  tokens?: AgentTokens;
}

/** One agent of the pool. */
export interface AgentSlots extends KnownOfAgent {
  /** Null: it is not in the configuration (any more), so it is given nothing. */
  limit: number | null;
  gooseQueue: string;
  budget?: Budget;
  /** The run that probes the agent while it is unwell; nothing else is granted to it until that is over. */
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

/** Stops what a person stops, and starts it. */
export function setStopped(what: { stopped?: true }, isStopped: boolean): void {
  if (isStopped) what.stopped = true;
  else delete what.stopped;
}

/** Whether anything is known of it that the configuration does not say. */
export function hasHistory(agent: KnownOfAgent): boolean {
  const { limitByHand, paused, stopped, health, quiet, tokens } = agent;
  const isTurned = limitByHand !== null || paused || stopped === true;
  return isTurned || health.state !== 'well' || quiet || tokens !== undefined;
}

/** Without what only this pool needs. */
export function knownOf({
  name,
  limitByHand,
  paused,
  stopped,
  health,
  quiet,
  tokens,
}: KnownOfAgent): KnownOfAgent {
  return { name, limitByHand, paused, health, quiet, ...(stopped && { stopped }), ...(tokens && { tokens }) };
}

/**
 * Takes over what the configuration says of the agent. A limit by hand holds until the configured one changes.
 *
 * @param known what another pool knew of it, which counts where it is new here
 */
export function configureAgent(
  agent: AgentSlots,
  { limit, gooseQueue, budget }: AgentPolicy,
  known: KnownOfAgent | undefined,
): void {
  const isNew = agent.limit === null;
  if (isNew && known !== undefined) {
    const tokens = known.tokens && arrived(agent.tokens, known.tokens);
    Object.assign(agent, knownOf(known), tokens && { tokens });
    // A probe under way at the other pool is none here, and one of this pool's may still be under way.
    setProbe(agent, agent.probe);
  }
  if (!isNew && agent.limit !== limit) agent.limitByHand = null;
  agent.limit = limit;
  agent.gooseQueue = gooseQueue;
  if (budget === undefined) delete agent.budget;
  else agent.budget = budget;
}

export function isProbe({ probe }: AgentSlots, run: RunRef): boolean {
  return probe !== null && isSameRun(probe, run);
}

/**
 * Sets which run probes the agent; null: none. The health says whether one does, since the planner sees only that. A well
 * agent has no probe: a run that was one is a run like any other then.
 */
export function setProbe(agent: AgentSlots, probe: RunRef | null): void {
  const { health } = agent;
  agent.probe = health.state === 'well' ? null : probe;
  if (health.state === 'well') return;
  const { probing: _, ...rest } = health;
  agent.health = agent.probe === null ? rest : { ...rest, probing: true };
}
