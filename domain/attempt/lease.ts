/** How long a goose may run without hearing from the server. All in milliseconds. */
export interface LeasePolicy {
  /** After this long without a heartbeat the server gives the task to another worker. */
  timeoutMs: number;
  /** Between SIGTERM and SIGKILL. */
  graceMs: number;
  /** For the steps between a decision and its effect: a timer that is late, a look at all processes, a kill. */
  marginMs: number;
}

/** The margin is a second, but less where the whole time is short. */
export function leasePolicy(timeoutMs: number, graceMs: number): LeasePolicy {
  return { timeoutMs, graceMs, marginMs: Math.min(1_000, Math.max(0, timeoutMs - graceMs) / 10) };
}

/**
 * How long a lease lasts, from the sending of the heartbeat that was acknowledged last. Its end is the moment to
 * send SIGTERM: after the grace goose is dead, and only then the server's time is over. That starts when the
 * heartbeat arrives, so not before it was sent, and no clocks need to agree.
 */
export function leaseMs({ timeoutMs, graceMs, marginMs }: LeasePolicy): number {
  return timeoutMs - graceMs - marginMs;
}

/** Three heartbeats fit into a lease, whatever the configured interval, so two may be lost. */
export function beatEveryMs(policy: LeasePolicy, configuredMs: number): number {
  return Math.max(1, Math.min(configuredMs, Math.floor(leaseMs(policy) / 3)));
}

/** Whether the lease holds. `sinceAcknowledgedMs`: since the sending of that heartbeat; undefined before the first. */
export function holds(policy: LeasePolicy, sinceAcknowledgedMs: number | undefined): boolean {
  return sinceAcknowledgedMs !== undefined && sinceAcknowledgedMs < leaseMs(policy);
}

/**
 * How much of the grace is left to a run that has to be ended now. All of it, unless its lease was over some time
 * ago (a laptop that slept, a worker that hung): others may run its task by now, so it is killed at once.
 */
export function graceLeftMs(graceMs: number, deadlineAtMs: number, nowMs: number): number {
  return Math.min(graceMs, Math.max(0, deadlineAtMs + graceMs - nowMs));
}

/** A moment on both clocks: the wall clock goes on while a laptop sleeps, and the monotonic one is never set. */
export interface Moment {
  wallMs: number;
  monotonicMs: number;
}

/** The larger of the two: a clock that stood still, or was set back, makes no time longer. */
export function elapsedMs(since: Moment, now: Moment): number {
  return Math.max(now.wallMs - since.wallMs, now.monotonicMs - since.monotonicMs);
}

/**
 * Whether an absolute deadline has passed for somebody who has known it since `learnt`: by the wall clock, or since
 * then as much time has passed as was left, though the wall clock was set back.
 */
export function isPast(deadlineAtMs: number, learnt: Moment, now: Moment): boolean {
  return now.wallMs >= deadlineAtMs || elapsedMs(learnt, now) >= deadlineAtMs - learnt.wallMs;
}
