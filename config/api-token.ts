const VARIABLE = 'TINYSCHEDULER_API_TOKEN';

let token: string | undefined;

/**
 * Learns by which token this process uses the API, and takes it out of the environment, so that no process that it starts has
 * it. One in an env file does not count: agents may read that.
 */
export function learnApiToken(env: Record<string, string | undefined> = process.env): void {
  token = env[VARIABLE]?.trim() || undefined;
  delete env[VARIABLE];
}

/** Undefined: none. */
export function apiToken(): string | undefined {
  return token;
}
