/** Resolves with the first signal that asks this process to stop; a supervisor that is gone asks too. */
export function stopAsked(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => resolve(signal));
    if (process.send !== undefined) process.once('disconnect', () => resolve('its supervisor is gone'));
  });
}
