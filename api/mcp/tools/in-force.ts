import { setTimeout as sleep } from 'node:timers/promises';
import type { Look } from '../../../contract/listings.ts';
import { type Desk, SEEN_WITHIN_MS } from './tool.ts';

const LOOK_MS = 50;

/**
 * What a switch has come to. It is a message, and whoever takes it needs a moment; where nobody lives it counts when somebody does.
 * So this looks again until it is so, for about a second.
 */
export async function lookUntil(
  { look }: Pick<Desk, 'look'>,
  isSo: (seen: Look) => boolean,
): Promise<{ after: Look; inForce: boolean }> {
  const untilMs = performance.now() + SEEN_WITHIN_MS;
  for (;;) {
    const after = await look.within(0);
    const inForce = isSo(after);
    if (inForce || performance.now() > untilMs) return { after, inForce };
    await sleep(LOOK_MS);
  }
}
