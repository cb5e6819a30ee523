// How long a schedule waits before it takes something for lost. In milliseconds.

/** So long after its time, and its jitter, the server may start an occurrence. */
export const GRACE_MS = 60_000;
/** Between two looks at what was due. */
export const REST_MS = 60_000;
/** Those that are under way are looked at so often, whatever is due. */
export const LOOK_MS = 600_000;
/** Whoever wakes later than this was away, and the server may have been: it is given the grace from now on. */
export const OVERSLEPT_MS = 15_000;
/** Between two times that the server's schedule is made anew since it does not tick. */
export const ANEW_MS = 600_000;
/** Whoever starts a schedule's workflow defines it in the same call. */
export const DEFINED_WITHIN_MS = 60_000;
