import { isInForce } from '../tokens/token.ts';
import { readTokens } from '../tokens/token-file.ts';
import { isLoopback } from './settings.ts';

/**
 * Whether it may not be served: where others can reach it nobody may come in without a token, and without any token nobody at all.
 *
 * @throws TokenFileError
 */
export async function lacksToken(host: string, stateDir: string): Promise<boolean> {
  if (isLoopback(host)) return false;
  const tokens = await readTokens(stateDir);
  return !tokens.some((token) => isInForce(token, Date.now()));
}
