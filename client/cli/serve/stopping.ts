import { npmGone } from '../../../embedded/presence/npm.ts';

/** One key press can arrive twice: from the terminal, and again from npm. */
const SAME_PRESS_MS = 250;

/**
 * Resolves with why this process is to stop: the first signal that asks for it, a supervisor that is gone, npm that is
 * gone. `again` is called at each further signal; without it, that one ends the process.
 */
export function stopAsked(again?: () => void): Promise<string> {
  let firstAt: number | undefined;
  return new Promise((resolve) => {
    const stop = (why: string) => {
      firstAt ??= performance.now();
      resolve(why);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (firstAt === undefined) stop(signal);
        else if (performance.now() - firstAt > SAME_PRESS_MS) (again ?? endNow)();
      });
    }
    // A supervised process has its channel for that. One that was closed while this process began tells nothing any more.
    if (process.send === undefined) void npmGone().then(() => stop('npm is gone'));
    else if (process.connected) process.once('disconnect', () => stop('its supervisor is gone'));
    else stop('its supervisor is gone');
  });
}

/** Its caretaker and guardian end what it leaves. */
function endNow(): void {
  process.exit(130);
}
