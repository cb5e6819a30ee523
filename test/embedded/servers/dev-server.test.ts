import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  readEmbeddedState,
  stateFilePath,
  updateEmbeddedState,
} from '../../../embedded/presence/state-file.ts';
import {
  type DevServer,
  type DevServerOptions,
  StoppedError,
  startDevServer,
} from '../../../embedded/servers/dev-server.ts';
import { listensAt } from '../../../embedded/servers/reachable.ts';
import { identify, isAlive } from '../../../os/process-identity.mjs';
import { allowed } from '../../support/allowed.ts';
import { eventually } from '../../support/eventually.ts';
import { temporalCliForTests } from '../../support/tools.ts';

let cli: string;
let root: string;
let servers: DevServer[];

beforeAll(async () => {
  cli = await temporalCliForTests();
}, 1_800_000);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dev-server-'));
  servers = [];
});

afterEach(async () => {
  for (const server of servers) await server.stop();
  rmSync(root, { recursive: true, force: true });
});

async function start(options: Partial<DevServerOptions> = {}): Promise<DevServer> {
  const server = await startDevServer({
    cli,
    stateDir: join(root, 'state'),
    logDir: join(root, 'state/logs'),
    env: { ...process.env, OPENAI_API_KEY: 'not-for-the-server' },
    port: 0,
    uiPort: 0,
    ...options,
  });
  servers.push(server);
  return server;
}

async function asking<T>(server: DevServer, ask: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: server.address });
  try {
    return await ask(connection);
  } finally {
    await connection.close();
  }
}

describe('the dev server', () => {
  test('that is called off while it listens, answers nothing and heeds no TERM is gone within a second', async () => {
    const script = join(root, 'cli');
    const hangs =
      "process.on('SIGTERM', () => {}); require('net').createServer().listen(process.argv[process.argv.indexOf('--port') + 1], '127.0.0.1')";
    writeFileSync(script, `#!/bin/sh\nexec '${process.execPath}' -e "${hangs}" -- "$@"\n`, { mode: 0o755 });
    const calledOff = new AbortController();
    const starting = start({ cli: script, signal: calledOff.signal });
    const found = await eventually('it listens', async () => {
      const { temporal } = readEmbeddedState(join(root, 'state'));
      return temporal && (await listensAt(temporal.address)) && temporal;
    });
    const sinceMs = performance.now();
    calledOff.abort();
    await expect(starting).rejects.toThrow(StoppedError);
    expect(performance.now() - sinceMs).toBeLessThan(allowed(1_000));
    expect(isAlive(found)).toBe(false);
    expect(readEmbeddedState(join(root, 'state')).temporal).toBeUndefined();
  });

  test.each([
    [
      'says that the port is taken',
      'failed listening for HTTP API on 127.0.0.1:44649: listen tcp: bind: address already in use\n',
    ],
    [
      'crashes over it, with a long list of calls',
      `panic: failed assigning ephemeral port\n\ngoroutine 1 [running]:\n${'main.main()\n\t/home/x/main.go:18 +0x8e\n'.repeat(30)}`,
    ],
  ])('comes up although somebody takes a port that was free a moment before: it %s', async (_, words) => {
    const script = join(root, 'cli');
    writeFileSync(join(root, 'words'), words);
    // Those words, once; after that it is the real one.
    const once = `if mkdir ${join(root, 'tried')} 2>/dev/null; then cat '${join(root, 'words')}' >&2; exit 1; fi`;
    writeFileSync(script, `#!/bin/sh\n${once}\nexec '${cli}' "$@"\n`, { mode: 0o755 });
    const server = await start({ cli: script });
    expect(await asking(server, (connection) => connection.workflowService.getSystemInfo({}))).toBeDefined();
    expect(statSync(join(root, 'tried')).isDirectory()).toBe(true);
  });

  test('one that crashes each time is given up, with the reason and not the list of its calls', async () => {
    const script = join(root, 'cli');
    const calls = 'main.main()\n'.repeat(200);
    writeFileSync(
      script,
      `#!/bin/sh\necho x >> ${join(root, 'count')}\nprintf 'panic: no room\n\n${calls}' >&2\nexit 2\n`,
      { mode: 0o755 },
    );
    await expect(start({ cli: script })).rejects.toThrow(/ends with: panic: no room$/);
    expect(readFileSync(join(root, 'count'), 'utf8')).toBe('x\nx\nx\n');
  });

  test('and does not where it ends for another reason', async () => {
    const script = join(root, 'cli');
    const count = join(root, 'count');
    writeFileSync(script, `#!/bin/sh\necho x >> ${count}\necho 'no such flag' >&2\nexit 1\n`, {
      mode: 0o755,
    });
    await expect(start({ cli: script })).rejects.toThrow(/no such flag/);
    expect(readFileSync(count, 'utf8')).toBe('x\n');
  });

  test('comes up with our search attributes, a Web UI and 7 days of closed runs, and leaves nothing when stopped', async () => {
    const server = await start();
    const [attributes, namespace] = await asking(server, (connection) =>
      Promise.all([
        connection.operatorService.listSearchAttributes({ namespace: 'default' }),
        connection.workflowService.describeNamespace({ namespace: 'default' }),
      ]),
    );
    expect(Object.keys(attributes.customAttributes ?? {})).toEqual(
      expect.arrayContaining(['Agent', 'Pool', 'Queue', 'TaskId', 'Phase']),
    );
    expect(Number(namespace.config?.workflowExecutionRetentionTtl?.seconds)).toBe(7 * 24 * 3600);
    expect((await fetch(server.uiUrl)).status).toBe(200);
    expect(server.adopted).toBe(false);
    expect(statSync(stateFilePath(join(root, 'state'))).mode & 0o777).toBe(0o600);
    expect(readFileSync(`/proc/${server.pid}/environ`, 'utf8')).not.toContain('not-for-the-server');

    await server.stop();
    await server.exited;
    expect(isAlive(server)).toBe(false);
    expect(readEmbeddedState(join(root, 'state'))).toEqual({});
  });

  test('keeps its workflows over a SIGKILL, and the next start is not in the way of the old', async () => {
    const first = await start();
    await asking(first, (connection) =>
      connection.workflowService.startWorkflowExecution({
        namespace: 'default',
        workflowId: 'kept',
        workflowType: { name: 'anything' },
        taskQueue: { name: 'nobody-polls' },
        requestId: 'one',
      }),
    );
    process.kill(first.pid, 'SIGKILL');
    await first.exited;

    const second = await start();
    expect(second.adopted).toBe(false);
    expect(second.pid).not.toBe(first.pid);
    const kept = await asking(second, (connection) =>
      connection.workflowService.describeWorkflowExecution({
        namespace: 'default',
        execution: { workflowId: 'kept' },
      }),
    );
    expect(kept.workflowExecutionInfo?.type?.name).toBe('anything');
  });

  test('a server that was left running is adopted, by two at once too, and can be stopped', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect(other.pid).toBe(one.pid);
    expect([one.adopted, other.adopted].sort()).toEqual([false, true]);
    const adopted = [one, other].find((server) => server.adopted);
    await adopted?.stop();
    expect(isAlive(one)).toBe(false);
  });

  test('moves to another port when somebody has the wanted one, and says so', async () => {
    const holder: Server = createServer();
    holder.listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const taken = typeof address === 'object' && address ? address.port : 0;
    const said: string[] = [];
    try {
      const server = await start({ port: taken, onProgress: (line) => said.push(line) });
      expect(server.address).not.toBe(`127.0.0.1:${taken}`);
      expect(said.join('\n')).toContain(`Port ${taken} is taken; the Temporal server uses`);
    } finally {
      holder.close();
    }
  });

  test('a server that does not come up is an error with its last words, and is not left behind', async () => {
    writeFileSync(join(root, 'temporal.sh'), '#!/bin/sh\necho "database is on fire" >&2\nexit 3\n', {
      mode: 0o755,
    });
    await expect(start({ cli: join(root, 'temporal.sh') })).rejects.toThrow(/database is on fire/);
    expect(readEmbeddedState(join(root, 'state'))).toEqual({});
  });
});

describe('the state file', () => {
  test('leaves out processes that have ended, and ids that are another process by now', async () => {
    const self = identify(process.pid);
    if (!self) throw new Error('this process must be running');
    await updateEmbeddedState(root, {
      temporal: { ...self, startTime: '1', address: 'a', uiUrl: 'b' },
      tinytask: { ...self, endpoint: 'http://127.0.0.1:1' },
      model: { url: 'http://127.0.0.1:2' },
    });
    expect(readEmbeddedState(root)).toEqual({ tinytask: { ...self, endpoint: 'http://127.0.0.1:1' } });
    await updateEmbeddedState(root, { supervisor: self, model: { url: 'http://127.0.0.1:2' } });
    expect(Object.keys(readEmbeddedState(root)).sort()).toEqual(['model', 'supervisor', 'tinytask']);
    await updateEmbeddedState(root, { supervisor: undefined });
    expect(Object.keys(readEmbeddedState(root))).toEqual(['tinytask']);
  });

  test.each(['', '{', '[]', 'null', '{"temporal": {"pid": "x"}}'])('%j is an empty state', (text) => {
    writeFileSync(stateFilePath(root), text);
    expect(readEmbeddedState(root)).toEqual({});
  });
});
