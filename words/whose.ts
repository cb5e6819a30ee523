import type { Whose } from '../domain/semaphore-id.ts';

/** Whose slots, for people: an agent, or `queue "dev"`. */
export function sayWhose(whose: Whose | null): string {
  if (whose === null) return 'its agent';
  return 'queue' in whose ? `queue "${whose.queue}"` : whose.agent;
}
