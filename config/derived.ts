import type { Config, Settings } from './config.ts';

const SHORTEST_HEARTBEAT_TIMEOUT_MS = 15_000;

/** The configuration that follows from the settings, with a sentence for each contradiction between them. */
export function derived(
  settings: Settings,
  given: Pick<Config, 'mcpEndpointExplicit' | 'starter'>,
): { config: Config; problems: string[] } {
  const heartbeatTimeoutMs = Math.max(3 * settings.heartbeatMs, SHORTEST_HEARTBEAT_TIMEOUT_MS);
  const config: Config = { ...settings, ...given, heartbeatTimeoutMs };
  const problems: string[] = [];
  const heartbeatSec = settings.heartbeatMs / 1000;
  // A run that lost the server must be dead before the server gives its task to another worker.
  const longestGraceMs = heartbeatTimeoutMs - 2 * settings.heartbeatMs;
  if (settings.killGraceMs > longestGraceMs) {
    problems.push(
      `TINYSCHEDULER_KILL_GRACE_SEC is ${settings.killGraceMs / 1000} with TINYSCHEDULER_HEARTBEAT_SEC ${heartbeatSec}: ` +
        `a goose could outlive the ${heartbeatTimeoutMs / 1000} s after which its task is given to another worker; ` +
        `set KILL_GRACE_SEC to at most ${longestGraceMs / 1000}, or HEARTBEAT_SEC to at least ${settings.killGraceMs / 1000}.`,
    );
  }
  for (const [low, high, lowMs, highMs] of [
    ['BACKOFF_SEC', 'BACKOFF_MAX_SEC', settings.backoffMs, settings.backoffMaxMs],
    ['COOLDOWN_SEC', 'COOLDOWN_MAX_SEC', settings.cooldownMs, settings.cooldownMaxMs],
  ] as const) {
    if (lowMs > highMs) {
      problems.push(
        `TINYSCHEDULER_${low} is ${lowMs / 1000}, more than TINYSCHEDULER_${high} (${highMs / 1000}): lower the first or raise the second.`,
      );
    }
  }
  return { config, problems };
}
