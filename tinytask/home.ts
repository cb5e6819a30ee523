import { z } from 'zod';

const ANSWERS_WITHIN_MS = 1_000;
const health = z.object({ home: z.string() });

/**
 * The state directory to which the TinyTask at this address belongs, if it is one that `start` has brought up on this
 * machine; undefined for any other, and where nothing answers.
 */
export async function homeOf(endpoint: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    return health.safeParse(await answer.json()).data?.home;
  } catch {
    return undefined;
  }
}
