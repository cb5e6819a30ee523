import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Calling } from './call.ts';
import { makeToolServer } from './server.ts';

const MOST_MESSAGE_BYTES = 1_048_576;

/** Serves the tools over this process's stdin and stdout, where nothing else may be written then. Returns what ends that. */
export function serveToolsOverStdio(calling: Calling): { close(): Promise<void> } {
  return serveStdio(() => makeToolServer(calling), {
    transport: new StdioServerTransport(undefined, undefined, { maxBufferSize: MOST_MESSAGE_BYTES }),
    onerror: (error) =>
      calling.tell({
        what: 'problem',
        problem: `A message could not be read: ${error.message.slice(0, 300)}`,
      }),
  });
}
