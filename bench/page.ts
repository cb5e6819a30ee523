import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type CDPSession, chromium } from 'playwright-core';
import { programPath } from '../os/executable.mjs';
import type { Figure, Measurement } from './figures.ts';
import { round } from './numbers.ts';
import { type Stand, withStand } from './stand.ts';
import { until } from './until.ts';

/** As many as an hour has at one a second. */
const CHANGES = 3_600;
const AT_ONCE = 20;
const PAUSE_MS = 50;
const BARE_PAGE = '<!doctype html><title>x</title><p>x';

/** What the page reads first, and what an hour of changes leaves in it: in a browser, which has to be there. */
export const page: Measurement = {
  keys: ['page'],
  async measure(root, quick) {
    const executablePath = process.env.CHROMIUM ?? programPath('chromium', process.env.PATH);
    if (executablePath === undefined) throw new Error('there is no Chromium');
    return withStand(root, { agents: 5, slots: 0, sleepSeconds: 0, serves: true }, async (stand) => {
      const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
      try {
        const ids = await stand.addTasks(20);
        await stand.startDaemon();
        const { url } = await stand.api();
        const between = await standBetween(url, stand, ids[0] ?? 0);
        const tab = await browser.newPage();
        const cdp = await tab.context().newCDPSession(tab);
        await cdp.send('Performance.enable');
        await tab.goto(between.url);
        await until('the stream of events', () => between.isWatched());
        await sleep(2_000);
        const first = { ...between.read(), scriptMs: (await metrics(cdp)).scriptMs };
        const quarter = await played(cdp, between, (quick ? 200 : CHANGES) / 4);
        const end = await played(cdp, between, ((quick ? 200 : CHANGES) * 3) / 4);
        between.close();
        return { figures: figuresOf(first, quarter, end) };
      } finally {
        await browser.close();
      }
    });
  },
};

interface Between {
  url: string;
  isWatched(): boolean;
  /** What was read so far. */
  read(): { requests: number; bytes: number; gzipBytes: number };
  /** Tells the page of a change, so many times. */
  tell(times: number): Promise<void>;
  close(): void;
}

/** Between the page and the API, so that changes can be told faster than they happen. They are one that did, again and again. */
async function standBetween(url: string, stand: Stand, id: number): Promise<Between> {
  const count = { requests: 0, bytes: 0, gzipBytes: 0 };
  let stream: ServerResponse | undefined;
  let seen = '';
  let told = 0;
  const forward = async (request: IncomingMessage, response: ServerResponse) => {
    const answer = await fetch(`${url}${request.url}`);
    const type = answer.headers.get('content-type') ?? '';
    response.writeHead(answer.status, { 'content-type': type });
    if (type.startsWith('text/event-stream') && answer.body !== null) {
      stream = response;
      for await (const bytes of answer.body) {
        seen += Buffer.from(bytes).toString();
        response.write(bytes);
      }
    } else {
      const bytes = Buffer.from(await answer.arrayBuffer());
      count.requests += 1;
      count.bytes += bytes.length;
      count.gzipBytes += gzipSync(bytes).length;
      response.end(bytes);
    }
  };
  const server = createServer((request, response) => {
    forward(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const change = async () => {
    await stand.tinytask.update(id, { priority: 7 });
    return until('a change in the stream', () => /^id: .*\nevent: task\ndata: .*\n\n/m.exec(seen)?.[0]);
  };
  let text: string | undefined;
  return {
    url: `http://127.0.0.1:${port}/`,
    isWatched: () => seen.includes('event: snapshot'),
    read: () => ({ ...count }),
    async tell(times) {
      text ??= await change();
      for (let at = 0; at < times; at += AT_ONCE) {
        for (let each = 0; each < AT_ONCE; each++)
          stream?.write(text.replace(/"priority":\d+/, `"priority":${told++ % 10}`));
        await sleep(PAUSE_MS);
      }
    },
    close: () => server.closeAllConnections(),
  };
}

interface Metrics {
  heapMb: number;
  nodes: number;
  scriptMs: number;
}

/** After so many changes more. `scriptMs`: for each of them. */
async function played(cdp: CDPSession, between: Between, changes: number): Promise<Metrics> {
  const before = await metrics(cdp);
  await between.tell(changes);
  await sleep(1_500);
  const { heapMb, nodes, scriptMs } = await metrics(cdp);
  return { heapMb, nodes, scriptMs: (scriptMs - before.scriptMs) / changes };
}

async function metrics(cdp: CDPSession): Promise<Metrics> {
  await cdp.send('HeapProfiler.collectGarbage');
  const { metrics: all } = await cdp.send('Performance.getMetrics');
  const of = (wanted: string) => all.find(({ name }) => name === wanted)?.value ?? Number.NaN;
  return {
    heapMb: of('JSHeapUsedSize') / 2 ** 20,
    nodes: of('Nodes'),
    scriptMs: of('ScriptDuration') * 1_000,
  };
}

interface First {
  requests: number;
  bytes: number;
  gzipBytes: number;
  scriptMs: number;
}

function figuresOf(first: First, quarter: Metrics, end: Metrics): Figure[] {
  const key = 'page' as const;
  return [
    {
      ...{ key, part: 'first_gzip_kb', value: round(first.gzipBytes / 1_024), unit: 'kB' },
      ...{ what: 'what the page reads first, as gzip', goal: { atMost: 150 } },
      bare: round(gzipSync(BARE_PAGE).length / 1_024),
      note: `${first.requests} requests, ${round(first.bytes / 1_024)} kB as they are, stream of events aside; script ${round(first.scriptMs)} ms; bare: an empty page`,
    },
    {
      ...{ key, part: 'script_ms', value: round(end.scriptMs), unit: 'ms', goal: { atMost: 5 } },
      what: 'script time of the page for each change of a task',
    },
    {
      ...{ key, part: 'heap_mb', value: round(end.heapMb), unit: 'MB', bare: round(quarter.heapMb) },
      ...{ what: 'memory of the page after an hour of changes', goal: { atMostTimesBare: 1.1 } },
      note: `${CHANGES} changes, after a collection; bare: after a quarter of them`,
    },
    {
      ...{ key, part: 'nodes', value: end.nodes, unit: 'nodes', bare: quarter.nodes },
      ...{ what: 'nodes of the page then', goal: { atMostTimesBare: 1.05 } },
    },
  ];
}
