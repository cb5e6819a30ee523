import { meaningOfVerdict, type Verdict } from '../attempt/verdict.ts';
import { type AgentSlots, setProbe } from './agent-slots.ts';
import {
  type CoolDownPolicy,
  type Health,
  keptReason,
  pauseAfter,
  triedFrom,
  type Unwell,
} from './health.ts';
import { isSameRun, type RunRef, refOf } from './run-ref.ts';

// One outage makes the agents of a pool unwell one after the other, each with a task and then with probes of its own. When
// the same trouble has taken several of them, the pool is held instead: one task tries for all (docs/adr/0032).

/** So many agents in that time are a trouble of their pool, and not of each. */
const AGENTS_TAKEN = 3;
const WITHIN_MS = 5 * 60_000;
/** A canary that has shown nothing for so long may never get a goose host. Models answer sooner. */
const CANARY_MS = 10 * 60_000;

/** What a run has shown to be wrong with an agent. */
export interface Trouble {
  agent: string;
  state: Unwell['state'];
  reason: string;
  /** Milliseconds since the epoch, as all times here. */
  atMs: number;
}

/** Why nothing is given to any agent of a pool. */
export interface Hold {
  state: Unwell['state'];
  /** As the agent told it that was taken last before the pool was held. */
  reason: string;
  sinceMs: number;
  /** One task may try from then on: the canary. */
  untilMs: number;
  /** How often in a row the trouble has been seen by now: the first time, and by canaries. */
  times: number;
  /** Names of the agents that the trouble has taken. */
  agents: string[];
  /** The run that tries. Another one may from `untilMs` on, where this one has shown nothing by then. */
  canary?: RunRef & { untilMs: number };
}

export interface Breaker {
  /** The newest of each agent that was taken a while ago at most. */
  troubles: Trouble[];
  hold?: Hold;
}

/** A pool as far as its breaker knows it. */
export interface BreakerOf {
  /** Absent in a semaphore of an earlier version, and before the first slot was given back. */
  breaker?: Breaker;
  agents: AgentSlots[];
  policy: CoolDownPolicy;
}

/** When one task may try for the whole pool. */
export function canaryDueMs({ untilMs, canary }: Hold): number {
  return canary?.untilMs ?? untilMs;
}

export function isCanary({ breaker }: Pick<BreakerOf, 'breaker'>, run: RunRef): boolean {
  const canary = breaker?.hold?.canary;
  return canary !== undefined && isSameRun(canary, run);
}

/** Whether the trouble that holds the pool is what keeps the agent from work. */
export function isTakenBy({ agents, state }: Hold, agent: { name: string; health: Health }): boolean {
  return agent.health.state === state && agents.includes(agent.name);
}

/** The run is to try for all. */
export function beCanary(hold: Hold, run: RunRef, nowMs: number): void {
  hold.canary = { ...refOf(run), untilMs: nowMs + CANARY_MS };
}

/** The run has its slot no more. If it was the canary and has shown nothing, the next in line tries. */
export function endCanary(pool: BreakerOf, run: RunRef): void {
  if (isCanary(pool, run)) delete pool.breaker?.hold?.canary;
}

/** What the end of a run has shown, when the health of its agent is known. */
export interface Shown {
  agent: AgentSlots;
  /** Of the agent, until then. */
  before: Health;
  verdict: Verdict;
  wasCanary: boolean;
}

/** Holds the pool, goes on holding it, or lets it go. */
export function heedVerdict(pool: BreakerOf, shown: Shown, nowMs: number): void {
  const { breaker } = pool;
  if (breaker === undefined) return;
  const { agent, before, verdict, wasCanary } = shown;
  const means = meaningOfVerdict(verdict.kind).agent;
  if (means === 'unknown') return;
  if (means === 'works') {
    if (wasCanary) letGo(pool, nowMs);
    // It may have another model than those that were taken, so that is no proof; but there is reason to try.
    else if (breaker.hold !== undefined && verdict.kind === 'completed') tryNow(breaker.hold, nowMs);
    return;
  }
  const { health } = agent;
  if (health.state === 'well') return;
  const trouble: Trouble = {
    agent: agent.name,
    state: health.state,
    reason: keptReason(verdict),
    atMs: nowMs,
  };
  const { hold } = breaker;
  if (hold === undefined) {
    // Who was unwell already has not been taken now: its probes fail as long as nobody mends it.
    if (before.state !== health.state) take(pool, breaker, trouble);
    return;
  }
  // What is wrong with this agent alone says nothing of the others.
  if (!isSameTrouble(hold, trouble)) return;
  if (!hold.agents.includes(agent.name)) hold.agents.push(agent.name);
  if (!wasCanary) return;
  hold.times += 1;
  hold.untilMs = nowMs + pauseAfter(hold, pool.policy);
}

function take(pool: BreakerOf, breaker: Breaker, trouble: Trouble): void {
  const { atMs } = trouble;
  const others = breaker.troubles.filter(
    (each) => each.agent !== trouble.agent && atMs - each.atMs <= WITHIN_MS,
  );
  breaker.troubles = [...others, trouble];
  const same = breaker.troubles.filter((each) => isSameTrouble(each, trouble) && stillHas(pool, each));
  if (same.length < AGENTS_TAKEN) return;
  const { state, reason } = trouble;
  const hold: Hold = { state, reason, sinceMs: atMs, untilMs: atMs, times: 1, agents: [] };
  hold.untilMs += pauseAfter(hold, pool.policy);
  hold.agents = same.map(({ agent }) => agent).sort();
  breaker.hold = hold;
}

function stillHas({ agents }: BreakerOf, { agent: name, state }: Trouble): boolean {
  return agents.some((agent) => agent.name === name && agent.limit !== null && agent.health.state === state);
}

/** The work goes on. Each agent that was taken is tried by itself first: it may have another model than the canary's. */
export function letGo(pool: BreakerOf, nowMs: number): void {
  const { breaker } = pool;
  if (breaker?.hold === undefined) return;
  const { hold } = breaker;
  pool.breaker = { troubles: [] };
  for (const agent of pool.agents) {
    if (agent.health.state === 'well' || !isTakenBy(hold, agent)) continue;
    agent.health = triedFrom(agent.health, nowMs);
    setProbe(agent, agent.probe);
  }
}

/** Somebody may have mended what has taken one of these agents. */
export function mayBeMended({ breaker }: BreakerOf, names: readonly string[], nowMs: number): void {
  const hold = breaker?.hold;
  if (hold?.agents.some((name) => names.includes(name))) tryNow(hold, nowMs);
}

function tryNow(hold: Hold, nowMs: number): void {
  hold.untilMs = Math.min(hold.untilMs, nowMs);
}

/** Agents have left the pool. When none is left that the trouble has taken, it is no trouble of the pool. */
export function agentsLeft(pool: BreakerOf): void {
  const hold = pool.breaker?.hold;
  if (hold === undefined) return;
  const here = new Set(pool.agents.filter(({ limit }) => limit !== null).map(({ name }) => name));
  hold.agents = hold.agents.filter((name) => here.has(name));
  if (hold.agents.length === 0) pool.breaker = { troubles: [] };
}

/**
 * Whether two agents have the same trouble. A model that does not serve shows itself in many ways, so these are one, unless
 * they name different hosts. What a person has to mend is the same where it is said in the same words; what names its agent
 * is that agent's own.
 */
export function isSameTrouble(a: Pick<Trouble, 'state' | 'reason'>, b: Trouble): boolean {
  if (a.state !== b.state) return false;
  if (b.state === 'cooling-down') {
    const hosts = [hostIn(a.reason), hostIn(b.reason)];
    return hosts.includes(undefined) || hosts[0] === hosts[1];
  }
  return wordsOf(a.reason) === wordsOf(b.reason) && !names(b.reason, b.agent);
}

/** As domain/attempt/goose-messages.ts names it. */
function hostIn(reason: string): string | undefined {
  return /^the model at (\S+) cannot be reached/.exec(reason)?.[1];
}

/** Without what is in brackets: the errors of the system name files of the run. */
function wordsOf(reason: string): string {
  return reason
    .replace(/\([^()]*\)/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function names(reason: string, agent: string): boolean {
  const at = reason.indexOf(agent);
  if (at < 0) return false;
  const isPartOfWord = (char: string) => /[\w-]/.test(char);
  return !isPartOfWord(reason.charAt(at - 1)) && !isPartOfWord(reason.charAt(at + agent.length));
}
