import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

interface Message {
  id?: number;
  method: string;
  params?: { name?: string };
}

export interface AnsweringServer {
  endpoint: string;
  /** What arrived, in order: `initialize`, `tools/call`, …, and `DELETE` for the end of a session. */
  arrived: string[];
  /** Connections that are open now. */
  connections: Set<Socket>;
}

/**
 * An MCP server that greets as it should and answers tool calls with whatever `answer` sends, until the test
 * has ended. `greet` may answer the greeting in its own way, and `get` what is asked for by GET.
 */
export async function answeringServer(
  answer: (response: ServerResponse, message: Message, request: IncomingMessage) => void,
  greet: (response: ServerResponse, message: Message, request: IncomingMessage) => void = greetWell,
  get: (response: ServerResponse) => void = (response) => void response.writeHead(404).end(),
): Promise<AnsweringServer> {
  const arrived: string[] = [];
  const connections = new Set<Socket>();
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') {
      arrived.push(request.method ?? '');
      return request.method === 'GET' ? get(response) : void response.writeHead(200).end();
    }
    let body = '';
    for await (const chunk of request) body += chunk;
    const message = JSON.parse(body) as Message;
    arrived.push(message.method);
    if (message.method.startsWith('notifications/')) return void response.writeHead(202).end();
    if (message.method === 'tools/call') return answer(response, message, request);
    greet(response, message, request);
  });
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, arrived, connections };
}

export function greetWell(response: ServerResponse, { id }: Message, _request?: IncomingMessage): void {
  sendResult(response, id, {
    protocolVersion: '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: 'test', version: '1' },
  });
}

export function sendResult(response: ServerResponse, id: number | undefined, result: unknown): void {
  send(response, 200, 'application/json', JSON.stringify({ jsonrpc: '2.0', id, result }));
}

export function sendText(
  response: ServerResponse,
  id: number | undefined,
  text: string,
  isError = false,
): void {
  sendResult(response, id, { content: [{ type: 'text', text }], ...(isError && { isError }) });
}

export function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}
