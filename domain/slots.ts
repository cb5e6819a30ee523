import { type CoolDownPolicy, type Health, healthAfter, WELL } from './health.ts';
import { compareRank, type Rank } from './rank.ts';
import type { Verdict } from './verdict.ts';

/** A run that asks for, holds or gives back a slot. The run id tells a reset run from the one before it. */
export interface RunRef {
  workflowId: string;
  runId: string;
}

export interface Holder extends RunRef {
  /** Fencing token of the grant. Null: found by a rebuild, so whatever fence the run names is right. */
  fence: number | null;
  sinceMs: number;
}

export interface Waiter extends RunRef {
  rank: Rank;
  /** Started beyond the slots: may be withdrawn in favour of a better-ranked one. */
  extra: boolean;
  sinceMs: number;
  /** It has a slot no sooner, so that those who were started for the free ones can ask first. */
  patientUntilMs: number;
}

/** A slot whose holder closed without a release: its processes may live until `freeAtMs`. */
export interface Dying extends RunRef {
  freeAtMs: number;
}

export interface SlotPolicy extends CoolDownPolicy {
  /** Slots by configuration. */
  limit: number;
  waitingPerAgent: number;
  /** After this long without a sign of life every process of a run is certainly gone. */
  heartbeatTimeoutMs: number;
}

/** Everything a semaphore knows of one agent: plain JSON, since it crosses continue-as-new. */
export interface Slots {
  agent: string;
  policy: SlotPolicy;
  /** Slots by hand (`set-limit`), until the configured limit changes. */
  limitByHand: number | null;
  paused: boolean;
  schedulerPaused: boolean;
  health: Health;
  /** The grant that probes an unwell agent; nothing else is granted beside it. */
  probe: RunRef | null;
  /** The last fencing token given: each new one is larger, also across restarts of the semaphore. */
  fence: number;
  holders: Holder[];
  waiters: Waiter[];
  dying: Dying[];
  /** Nothing is granted before: a semaphore that lost its state does not know who still runs. */
  quietUntilMs: number;
}

/** How much later than the runs started together with it a run beyond the slots may ask and still be second. */
export const EXTRA_PATIENCE_MS = 250;

export interface Grant extends RunRef {
  fence: number;
}

export function newSlots(agent: string, policy: SlotPolicy): Slots {
  return {
    agent,
    policy,
    limitByHand: null,
    paused: false,
    schedulerPaused: false,
    health: WELL,
    probe: null,
    fence: 0,
    holders: [],
    waiters: [],
    dying: [],
    quietUntilMs: 0,
  };
}

export function limitOf(slots: Slots): number {
  return slots.limitByHand ?? slots.policy.limit;
}

export function isSameRun(a: RunRef, b: RunRef): boolean {
  return a.workflowId === b.workflowId && a.runId === b.runId;
}

const same = (a: RunRef) => (b: RunRef) => isSameRun(a, b);
const other = (a: RunRef) => (b: RunRef) => !same(a)(b);

/** A run asks for a slot. Asking again while it holds one returns that grant, since the first may be lost. */
export function request(slots: Slots, run: RunRef, rank: Rank, extra: boolean, nowMs: number): Grant[] {
  const held = slots.holders.find(same(run));
  if (held !== undefined) {
    held.fence ??= nextFence(slots, nowMs);
    return [{ ...ref(run), fence: held.fence }];
  }
  const patientUntilMs = extra ? nowMs + EXTRA_PATIENCE_MS : nowMs;
  const waiter = { ...ref(run), rank, extra, sinceMs: nowMs, patientUntilMs };
  slots.waiters = [...slots.waiters.filter(other(run)), waiter].sort((a, b) => compareRank(a.rank, b.rank));
  return [];
}

/**
 * A run gives its slot back (`fence`: of the grant), or no longer wants one (`fence`: null). A release with an
 * old fence is ignored: it may arrive when the run waits again.
 */
export function release(
  slots: Slots,
  run: RunRef,
  fence: number | null,
  verdict: Verdict | null,
  nowMs: number,
): void {
  if (fence === null) slots.waiters = slots.waiters.filter(other(run));
  const holder = slots.holders.find(same(run));
  if (holder === undefined || (fence !== null && holder.fence !== null && holder.fence !== fence)) return;
  slots.holders = slots.holders.filter(other(run));
  // This slot was not free when the next one was started, so nobody else was started for it.
  const [next] = slots.waiters;
  if (next !== undefined) next.patientUntilMs = 0;
  if (verdict !== null) slots.health = healthAfter(slots.health, verdict, slots.policy, nowMs);
  setProbe(slots, isProbe(slots, run) ? null : slots.probe);
}

/**
 * A holder or waiter was found closed without a release (terminated, timed out, reset). `lingersMs`: its own heartbeat
 * timeout, which may be longer than the configured one.
 */
export function foundClosed(
  slots: Slots,
  run: RunRef,
  closedAtMs: number,
  lingersMs = slots.policy.heartbeatTimeoutMs,
): void {
  slots.waiters = slots.waiters.filter(other(run));
  if (!slots.holders.some(same(run))) return;
  slots.holders = slots.holders.filter(other(run));
  if (isProbe(slots, run)) setProbe(slots, null);
  slots.dying = [...slots.dying.filter(other(run)), { ...ref(run), freeAtMs: closedAtMs + lingersMs }];
}

/**
 * Nothing that was started under a grant is alive any more, says the host that ran it after the server had given it
 * up. The slot is free without waiting for what nobody could know for certain.
 */
export function processesGone(slots: Slots, run: RunRef, fence: number): void {
  if (slots.holders.some((holder) => same(run)(holder) && holder.fence === fence)) {
    release(slots, run, fence, null, 0);
  }
  slots.dying = slots.dying.filter(other(run));
}

/** Whether another run of the same task has, or had, a slot: only one of them is open, and the other's goose may live. */
export function hasPredecessor(slots: Slots, run: RunRef): boolean {
  return [...slots.holders, ...slots.dying].some(
    ({ workflowId, runId }) => workflowId === run.workflowId && runId !== run.runId,
  );
}

/** The grants that are due now, best rank first; they are recorded as held. */
export function grantDue(slots: Slots, nowMs: number): Grant[] {
  slots.dying = slots.dying.filter((dying) => nowMs < dying.freeAtMs);
  if (slots.paused || slots.schedulerPaused || nowMs < slots.quietUntilMs) return [];
  const unwell = slots.health.state !== 'well';
  if (slots.health.state !== 'well' && (nowMs < slots.health.untilMs || slots.probe !== null)) return [];

  const free = Math.max(0, freeSlots(slots));
  const able = slots.waiters.filter((waiter) => !hasPredecessor(slots, waiter));
  // Nobody is served before a better-ranked one that has to be patient.
  const patient = able.findIndex((waiter) => nowMs < waiter.patientUntilMs);
  const due = able.slice(0, patient < 0 ? able.length : patient).slice(0, unwell ? Math.min(free, 1) : free);
  slots.waiters = slots.waiters.filter((waiter) => !due.includes(waiter));
  return due.map((waiter) => {
    const fence = nextFence(slots, nowMs);
    slots.holders.push({ ...ref(waiter), fence, sinceMs: nowMs });
    if (unwell) setProbe(slots, ref(waiter));
    return { ...ref(waiter), fence };
  });
}

/**
 * Waiters to send home, where the planner may find their tasks another agent. All of them in a pause, and
 * without slots; of those that were started beyond the slots all while the agent is unwell, else the worst
 * that are too many. Too many is by the planner's own count (holders and waiters): by any other one it would
 * start at once again what was sent home.
 */
export function withdrawDue(slots: Slots): RunRef[] {
  const { holders, waiters, policy } = slots;
  const extras = waiters.filter((waiter) => waiter.extra);
  const tooMany = Math.max(0, holders.length + waiters.length - limitOf(slots) - policy.waitingPerAgent);
  let leave = extras.slice(Math.max(0, extras.length - tooMany));
  if (slots.health.state !== 'well') leave = extras;
  if (slots.paused || slots.schedulerPaused || limitOf(slots) === 0) leave = waiters;
  slots.waiters = waiters.filter((waiter) => !leave.includes(waiter));
  return leave.map(ref);
}

/** Somebody thinks that an unwell agent is well again: it is probed now, not when its time has come. */
export function tryAgain(slots: Slots, nowMs: number): void {
  if (slots.health.state === 'well') return;
  slots.health = { ...slots.health, untilMs: Math.min(slots.health.untilMs, nowMs) };
}

/** When something is due by time alone, in milliseconds since the epoch. */
export function nextDueMs(slots: Slots, nowMs: number): number | undefined {
  const times = slots.dying.map((dying) => dying.freeAtMs);
  if (slots.waiters.length > 0) times.push(slots.quietUntilMs);
  if (freeSlots(slots) > 0) times.push(...slots.waiters.map((waiter) => waiter.patientUntilMs));
  if (slots.health.state !== 'well' && slots.probe === null) times.push(slots.health.untilMs);
  const due = times.filter((time) => time > nowMs);
  return due.length === 0 ? undefined : Math.min(...due);
}

function freeSlots(slots: Slots): number {
  return limitOf(slots) - slots.holders.length - slots.dying.length;
}

function nextFence(slots: Slots, nowMs: number): number {
  slots.fence = Math.max(slots.fence + 1, nowMs);
  return slots.fence;
}

function isProbe({ probe }: Slots, run: RunRef): boolean {
  return probe !== null && same(probe)(run);
}

/** Also in the health, which is all that the planner sees. A well agent needs no probe: what was one is a run. */
function setProbe(slots: Slots, probe: RunRef | null): void {
  const { health } = slots;
  slots.probe = health.state === 'well' ? null : probe;
  if (health.state === 'well') return;
  const { probing: _, ...rest } = health;
  slots.health = slots.probe === null ? rest : { ...rest, probing: true };
}

function ref(run: RunRef): RunRef {
  return { workflowId: run.workflowId, runId: run.runId };
}
