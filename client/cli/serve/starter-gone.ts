const LOOK_MS = 500;

/**
 * Resolves when nobody can speak to this process any more: its stdin has ended, or whoever started it is gone. The latter tells
 * where a third process still holds the other end of the pipe.
 */
export function starterGone(): Promise<void> {
  const { ppid } = process;
  return new Promise((resolve) => {
    for (const event of ['end', 'close', 'error'] as const) process.stdin.once(event, () => resolve());
    setInterval(() => {
      if (process.ppid !== ppid) resolve();
    }, LOOK_MS).unref();
  });
}
