/** The settings that the system runs with, and the times that follow from the rules. All in milliseconds. */
export const HEARTBEAT_MS = 5_000;
export const KILL_GRACE_MS = 1_000;
export const LOOP_MS = 5_000;
export const MAX_RUNTIME_MS = 8_000;
/** max(3 heartbeats, 15 s). */
export const HEARTBEAT_TIMEOUT_MS = 15_000;

/** What is lost has to be gone so long after its worker or guardian was killed or stopped. */
export const GONE_MS = KILL_GRACE_MS + 1_000;
/** Node takes so long to load a worker (1 s on an idle machine); the time above counts from its first line. */
export const LOADING_MS = 1_500;
/** And a guardian, which is much smaller (0.2 s on an idle machine). */
export const GUARDIAN_LOADING_MS = 500;
/** A slot comes back, and a task that nobody works on is no longer `working`, within this. */
export const BACK_MS = HEARTBEAT_TIMEOUT_MS + LOOP_MS;
/**
 * An agent has all its slots in use again within this. It may have been taken for unwell, because TinyTask was down: then
 * one run probes it first, that one's worker may have been lost too, and the next pass starts the others.
 */
export const FULL_MS = BACK_MS + MAX_RUNTIME_MS + KILL_GRACE_MS + LOOP_MS;
/** Longer than a lease. */
export const STOPPED_MS = HEARTBEAT_TIMEOUT_MS + 3_000;
/** Times are seen this late: two looks of the observer and the way of a process's start or end. */
export const SEEN_LATE_MS = 250;

/** A goose whose task was taken from it is dead after this: a look at the task every 3 s, the grace, and a margin. */
export const LET_GO_MS = 3_000 + KILL_GRACE_MS + 1_500;
/** How far the clock of one host is ahead, where one is. */
export const CLOCK_AHEAD_MS = 90_000;
