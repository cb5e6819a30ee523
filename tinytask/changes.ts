import { z } from 'zod';
import type { Connections } from './connections.ts';

const answer = z.object({ mark: z.string() });

/**
 * Asks a TinyTask what it was last written to. It answers when the mark of that is another one than `since`, or after
 * `waitMs`. Undefined: it is none that tells. @throws ConnectionFailure
 */
export async function changesAt(
  url: URL,
  { since, waitMs, connections }: { since: string | undefined; waitMs: number; connections: Connections },
): Promise<string | undefined> {
  const asked = new URL(url);
  asked.searchParams.set('wait_ms', String(waitMs));
  if (since !== undefined) asked.searchParams.set('since', since);
  const response = await connections.fetch(asked);
  // What another TinyTask says here, it says in its own way.
  const said: unknown = await response.json().catch(() => undefined);
  return response.ok ? answer.safeParse(said).data?.mark : undefined;
}
