/**
 * The token by which a command of this process uses the API. Only the environment counts: what an env file has goes to each
 * agent. Undefined: none.
 */
export function apiToken(env: Record<string, string | undefined> = process.env): string | undefined {
  return env.TINYSCHEDULER_API_TOKEN?.trim() || undefined;
}
