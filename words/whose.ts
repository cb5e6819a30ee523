import { semaphoreName } from '../domain/semaphore-id.ts';

/** Whose slots a run uses, for people: the only agent that may have its task, or else `queue "dev"`. */
export function sayWhose({ wants, semaphore }: { wants: string | null; semaphore: string }): string {
  if (wants !== null) return wants;
  const name = semaphoreName(semaphore);
  return 'queue' in name ? `queue "${name.queue}"` : name.agent;
}
