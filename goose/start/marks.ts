/** The environment variable whose value marks everything that belongs to one run. Descendants inherit it. */
export const RUN_TOKEN_VARIABLE = 'TINYSCHEDULER_RUN_TOKEN';

/** Beside it: whose run it is, as `ownerMark` in owner.ts says it, so that a run without a record is known too. */
export const RUN_OWNER_VARIABLE = 'TINYSCHEDULER_RUN_OWNER';

/** In the environment of a keeper: that it is one, and the command that it runs. */
export const RUN_KEEPER_VARIABLE = 'TINYSCHEDULER_RUN_KEEPER';

/** In the environment of everything that serves those who work with one state directory, and outlives them. */
export const HELPER_VARIABLE = 'TINYSCHEDULER_ATTENDS';
