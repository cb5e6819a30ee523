import type { VerdictKind } from '../domain/attempt/verdict.ts';

/**
 * What a run came to: its task is complete; it went badly, or was ended from outside; it ended without trouble and its task is not
 * complete, for example since somebody else has it; or its history tells nothing.
 */
export const CAME_TO = ['completed', 'failed', 'other', 'unknown'] as const;
export type CameTo = (typeof CAME_TO)[number];

/** What the history of a run has to tell; all that are named have to hold. */
export interface Which {
  recipe?: string;
  verdict?: VerdictKind;
  cameTo?: CameTo;
}
