import { mayDo, RefusedError, type Scope } from '../../contract/api.ts';
import type { Tokens } from '../tokens/token-store.ts';
import { type ApiSettings, isLoopback } from './settings.ts';

/** Who makes a request. */
export type Caller =
  | { is: 'token'; id: string; name: string; scope: Scope }
  /** A process of this machine without a token. */
  | { is: 'local'; scope: 'operate' }
  | { is: 'unknown' };

/** What a proxy adds: who is behind it is not of this machine because the proxy is. */
const PROXIED = ['forwarded', 'x-real-ip', 'x-client-ip', 'cf-connecting-ip', 'true-client-ip', 'via'];
/** What people and programs call a token in an address. */
const IN_QUERY = ['token', 'access_token', 'api_key', 'apikey', 'key', 'auth', 'authorization', 'bearer'];

/** A token, however much of it. */
const LOOKS_LIKE_TOKEN = /tsk_[A-Za-z0-9_-]*/g;

/** A path as logs may have it. */
export function withoutTokens(path: string): string {
  return path.replace(LOOKS_LIKE_TOKEN, 'tsk_…');
}

/** @param path with what is in it in percent as it means @throws RefusedError `token-in-query` */
export function refuseTokenInAddress(url: URL, path: string): void {
  if (withoutTokens(path) !== path) throw new RefusedError({ code: 'token-in-query', parameter: 'path' });
  for (const [parameter, value] of url.searchParams)
    if (IN_QUERY.includes(parameter.toLowerCase()) || value.includes('tsk_'))
      throw new RefusedError({ code: 'token-in-query', parameter: parameter.slice(0, 100) });
}

/**
 * @param remote the address that the connection came from; undefined: not known
 * @throws RefusedError `wrong-token`
 */
export async function callerOf(
  headers: Headers,
  remote: string | undefined,
  { tokens, settings }: { tokens: Tokens; settings: ApiSettings },
): Promise<Caller> {
  const authorization = headers.get('authorization');
  if (authorization !== null) {
    const [, text = ''] = /^bearer +(\S{1,200})$/i.exec(authorization) ?? [];
    const token = await tokens.find(text);
    if (token === undefined) throw new RefusedError({ code: 'wrong-token' });
    const { id, name, scope } = token;
    return { is: 'token', id, name, scope };
  }
  const isProxied = [...headers.keys()].some(
    (name) => name.startsWith('x-forwarded-') || PROXIED.includes(name),
  );
  const isLocal = remote !== undefined && isLoopback(remote) && !isProxied;
  return isLocal && !settings.tokenRequired ? { is: 'local', scope: 'operate' } : { is: 'unknown' };
}

/** The one place where it is decided who may do what. @throws RefusedError `no-token` `scope-missing` */
export function checkScope(caller: Caller, needs: Scope | 'open'): void {
  if (needs === 'open') return;
  if (caller.is === 'unknown') throw new RefusedError({ code: 'no-token' });
  const { scope: has, is } = caller;
  if (!mayDo(has, needs))
    throw new RefusedError({ code: 'scope-missing', needs, has, isLocal: is === 'local' });
}

/** As the log and notes name who it was. */
export function callerName(caller: Caller): string {
  switch (caller.is) {
    case 'token':
      return `token ${caller.name} (${caller.id})`;
    case 'local':
      return 'somebody of this machine (API)';
    case 'unknown':
      return 'nobody known';
  }
}
