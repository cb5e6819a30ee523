import { type Tool as Listed, Server } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { mayDo } from '../../contract/api.ts';
import { type Calling, callTool } from './call.ts';
import { TOOLS } from './tools/all.ts';
import type { Desk, Tool } from './tools/tool.ts';

const VERSION = '1';

/** A server of tools for one caller: over stdio for a connection, over HTTP for a request. */
export function makeToolServer(calling: Calling): Server {
  const server = new Server({ name: 'tinyscheduler', version: VERSION }, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', () => ({ tools: toolsFor(calling.desk) }));
  server.setRequestHandler('tools/call', ({ params }) =>
    callTool(calling, { name: params.name, args: params.arguments }),
  );
  return server;
}

/** Whoever may only read is not told of what changes something. */
export function toolsFor({ scope }: Pick<Desk, 'scope'>): Listed[] {
  return TOOLS.filter((each) => mayDo(scope, each.scope)).map(listed);
}

function listed({ name, about, scope, destructive, idempotent, shape }: Tool): Listed {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io: 'input' });
  return {
    ...{ name, description: about, inputSchema: schema as Listed['inputSchema'] },
    annotations: {
      readOnlyHint: scope === 'read',
      destructiveHint: destructive === true,
      idempotentHint: idempotent === true,
      openWorldHint: false,
    },
  };
}
