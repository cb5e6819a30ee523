import { once } from 'node:events';
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface HoldingProxy {
  endpoint: string;
  /** Tools that were called through it and passed on, in order. */
  passed: string[];
  /** The next answer of this tool is kept back; resolves, once TinyTask has given it, to what lets it go. */
  holdAnswer(tool: string): Promise<() => void>;
  /** The next call of this tool does not reach TinyTask; resolves, once it is there, to what breaks its connection. */
  holdCall(tool: string): Promise<() => void>;
}

/** An HTTP proxy in front of a TinyTask that can keep one call back; closed when the test has ended. */
export async function startHoldingProxy(target: string): Promise<HoldingProxy> {
  const passed: string[] = [];
  const held = new Map<string, (letGo: () => void) => void>();
  const take = (key: string) => {
    const tell = held.get(key);
    held.delete(key);
    return tell;
  };
  const server = createServer(async (near: IncomingMessage, answer: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of near) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const tool = toolIn(body);
    const stopped = take(`call ${tool}`);
    if (stopped !== undefined) return stopped(() => near.socket.destroy());
    if (tool !== undefined) passed.push(tool);
    const far = ask(new URL(near.url ?? '/', target), {
      method: near.method ?? 'GET',
      agent: false,
      headers: { ...near.headers, host: new URL(target).host },
    });
    far.on('error', () => near.socket.destroy());
    far.end(body);
    const [reply] = (await once(far, 'response')) as [IncomingMessage];
    const letGo = () => {
      answer.writeHead(reply.statusCode ?? 500, reply.headers);
      reply.pipe(answer);
    };
    const kept = take(`answer ${tool}`);
    if (kept === undefined) letGo();
    else kept(letGo);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  const hold = (key: string) => new Promise<() => void>((resolve) => held.set(key, resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    holdAnswer: (tool) => hold(`answer ${tool}`),
    holdCall: (tool) => hold(`call ${tool}`),
  };
}

function toolIn(body: Buffer): string | undefined {
  if (body.length === 0) return undefined;
  const message = JSON.parse(body.toString()) as { method?: string; params?: { name?: string } };
  return message.method === 'tools/call' ? message.params?.name : undefined;
}
