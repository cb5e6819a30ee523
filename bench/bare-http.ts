import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

export interface BareHttp {
  pid: number;
  url: string;
  stop(): void;
}

/** The bare minimum of an answer: the same server library, with the same bytes from memory, in a process of its own. */
export async function startBareHttp(file: string): Promise<BareHttp> {
  const child = fork(fileURLToPath(import.meta.url), [file], { execArgv: ['--max-semi-space-size=4'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (told) => resolve(Number(told)));
    child.once('exit', (code) => reject(new Error(`the bare server ended: ${code}`)));
  });
  return { pid: pidOf(child), url: `http://127.0.0.1:${port}`, stop: () => child.kill('SIGKILL') };
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('the bare server did not start');
  return pid;
}

/** `/`: the bytes. `/events`: the bytes again and again, once a second, for as long as somebody reads. */
function serveBare(bytes: Uint8Array<ArrayBuffer>): void {
  const open = new Set<ReadableStreamDefaultController<Uint8Array>>();
  setInterval(() => {
    for (const controller of open) controller.enqueue(bytes);
  }, 1_000);
  const app = new Hono();
  app.get('/', (context) => context.body(bytes, 200, { 'content-type': 'application/json' }));
  app.get('/events', () => {
    let mine: ReadableStreamDefaultController<Uint8Array> | undefined;
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        mine = controller;
        open.add(controller);
      },
      cancel() {
        if (mine !== undefined) open.delete(mine);
      },
    });
    return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
  });
  serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.send?.(port));
  process.once('disconnect', () => process.exit());
}

const [, script, file] = process.argv;
if (script === fileURLToPath(import.meta.url) && file !== undefined)
  serveBare(new Uint8Array(readFileSync(file)));
