import { setTimeout as sleep } from 'node:timers/promises';

/** What is read, or after so long, and where it cannot be read, what there is otherwise. The reading goes on. */
export async function soon<Answer>(
  read: Promise<Answer>,
  patienceMs: number,
  otherwise: () => Answer | null = () => null,
): Promise<Answer | null> {
  const late = sleep(patienceMs, undefined, { ref: false }).then(otherwise);
  return Promise.race([read.catch(() => null), late]);
}
