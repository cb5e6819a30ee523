import { type AuthInfo, createMcpHandler } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { RefusedError } from '../../contract/api.ts';
import type { ApiEvent } from '../../contract/api-events.ts';
import { readBody } from '../guard/body.ts';
import { type Caller, callerName, checkScope } from '../guard/caller.ts';
import type { App } from '../routes/route.ts';
import type { Calling } from './call.ts';
import { makeToolServer } from './server.ts';
import type { Desk } from './tools/tool.ts';

export interface OverHttp {
  /** What tools work with, but for who calls. */
  desk: Omit<Desk, 'who' | 'scope'>;
  tell: (event: ApiEvent) => void;
}

/** One message: who may send many at once could go around the rate. */
const message = z.looseObject({ jsonrpc: z.literal('2.0') });
/** They would be open streams, and tell nothing: the tools do not change. */
const STREAMS = 'subscriptions/listen';

/**
 * Serves the tools at `/mcp`, behind the same guard as everything else. Nothing is kept between requests: there is no session that
 * a client that comes back could have lost, or leave behind.
 */
export function serveTools(app: App, { desk, tell }: OverHttp): { close(): Promise<void> } {
  const handler = createMcpHandler(({ authInfo }) => makeToolServer(callingIn(authInfo)));
  app.all('/mcp', async (context) => {
    const caller = context.get('caller');
    checkScope(caller, 'read');
    // Each call tells for itself whether it would change something.
    context.set('asksOnly', true);
    if (context.req.method !== 'POST')
      throw new RefusedError({ code: 'wrong-method', method: context.req.method, allowed: ['POST'] });
    const read = message.safeParse(await readBody(context.req.raw));
    if (!read.success || read.data.method === STREAMS)
      throw new RefusedError({
        code: 'bad-request',
        wrong: [
          {
            at: 'body',
            says: read.success ? `there is no ${STREAMS} here` : 'it is no message of JSON-RPC 2.0',
          },
        ],
      });
    const calling: Calling = {
      desk: { ...desk, who: `${callerName(caller)} over MCP`, scope: scopeOf(caller) },
      ...{ tell, requestId: context.get('requestId') },
    };
    return handler.fetch(context.req.raw, { parsedBody: read.data, authInfo: asAuthInfo(calling) });
  });
  return { close: () => handler.close() };
}

function scopeOf(caller: Caller): Desk['scope'] {
  return caller.is === 'unknown' ? 'read' : caller.scope;
}

/** The library carries it from the request to the server that is made for it. */
function asAuthInfo(calling: Calling): AuthInfo {
  return { token: '', clientId: calling.desk.who, scopes: [calling.desk.scope], extra: { calling } };
}

function callingIn(authInfo: AuthInfo | undefined): Calling {
  return authInfo?.extra?.calling as Calling;
}
