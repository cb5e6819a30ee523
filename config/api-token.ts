const VARIABLE = 'TINYSCHEDULER_API_TOKEN';

let token: string | undefined;

/**
 * Learns by which token this process uses the API, and takes it out of the environment, which agents get. For the same reason
 * one in an env file does not count.
 */
export function learnApiToken(env: Record<string, string | undefined> = process.env): void {
  token = env[VARIABLE]?.trim() || undefined;
  delete env[VARIABLE];
}

/** Undefined: none. */
export function apiToken(): string | undefined {
  return token;
}
