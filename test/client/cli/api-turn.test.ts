import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { ApiTurn } from '../../../client/cli/serve/api-turn.ts';
import { loadConfig } from '../../../config/load.ts';
import type { ApiTrouble } from '../../../contract/api-served.ts';
import { writeApiPlace } from '../../../embedded/presence/api-place.ts';
import { readApiServed, writeApiTrouble } from '../../../embedded/presence/api-trouble.ts';
import { freePort, tryPort } from '../../../os/free-port.ts';
import { identify } from '../../../os/process-identity.mjs';
import { sayApiTrouble } from '../../../words/api-trouble.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'turn-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

interface Asked {
  port: number;
  /** Somebody has set it. */
  isSet?: boolean;
  host?: string;
  anyPort?: boolean;
}

/** A turn with its troubles in order; `undefined` is told when one is over. */
function turnOf({ port, isSet = true, host = '127.0.0.1', anyPort = false }: Asked) {
  const env = {
    TINYSCHEDULER_BASE_PATH: dir,
    TINYSCHEDULER_API_HOST: host,
    ...(isSet && { TINYSCHEDULER_API_PORT: String(port) }),
  };
  const loaded = loadConfig({ env, cwd: dir });
  loaded.config.apiPort = port;
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  const troubles: (ApiTrouble | undefined)[] = [];
  const onTrouble = async (trouble: ApiTrouble | undefined) => void troubles.push(trouble);
  const turn = new ApiTurn({ loaded, anyPort, signal: stopping.signal, onTrouble });
  return { turn, troubles, stopping };
}

async function listening(): Promise<{ port: number; close: () => void }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as { port: number }).port, close: () => server.close() };
}

test('a port that is free is taken, set or not', async () => {
  const port = await freePort(0);
  expect(await turnOf({ port }).turn.comes()).toBe(port);
  expect(await turnOf({ port, isSet: false }).turn.comes()).toBe(port);
});

test('the usual one is taken by another installation: another port, and the same one again', async () => {
  const { port, close } = await listening();
  const { turn, troubles } = turnOf({ port, isSet: false });
  const other = await turn.comes();
  expect(other).not.toBe(port);
  close();
  expect(await turn.comes()).toBe(other);
  expect(troubles).toEqual([]);
});

test('where any will do, the usual one is left alone; not where one was set', async () => {
  const port = await freePort(0);
  expect(await turnOf({ port, isSet: false, anyPort: true }).turn.comes()).not.toBe(port);
  expect(await turnOf({ port, anyPort: true }).turn.comes()).toBe(port);
});

test('one that was set is waited for, and that is told once', async () => {
  const { port, close } = await listening();
  const { turn, troubles } = turnOf({ port });
  const comes = turn.comes();
  const look = new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(await Promise.race([comes, look])).toBeUndefined();
  expect(troubles).toEqual([{ why: 'port-taken', host: '127.0.0.1', port }]);
  close();
  expect(await comes).toBe(port);
  expect(troubles).toEqual([expect.anything(), undefined]);
});

test('while another one of ours serves it, nobody is troubled', async () => {
  const self = identify(process.pid);
  if (self === undefined) throw new Error('not in the list of processes');
  const about = { url: 'http://127.0.0.1:1', version: '1', tokenRequired: false, configuration: '' };
  await writeApiPlace(join(dir, 'state'), { ...self, ...about });
  const { port } = await listening();
  const { turn, troubles, stopping } = turnOf({ port });
  const comes = turn.comes();
  const look = new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await Promise.race([comes, look])).toBeUndefined();
  expect(troubles).toEqual([]);
  stopping.abort();
  await expect(comes).rejects.toThrow('aborted');
});

test('what the system does not give is told by its code', async () => {
  expect(await tryPort(await freePort(0), '203.0.113.1')).toBe('EADDRNOTAVAIL');
  const { troubles, turn, stopping } = turnOf({ port: 9_595, host: '203.0.113.1' });
  const comes = turn.comes().catch(() => undefined);
  await expect.poll(() => troubles).toEqual([{ why: 'no-token', host: '203.0.113.1' }]);
  stopping.abort();
  await comes;
});

const TROUBLES: [ApiTrouble, string][] = [
  [{ why: 'port-taken', host: 'h', port: 1 }, 'h port 1 is taken. It is served as soon as the port is free'],
  [{ why: 'no-token', host: '0.0.0.0' }, 'token create --scope read'],
  [{ why: 'tokens-unusable', text: 'Others may write.' }, 'Others may write. It is served as soon as'],
  [{ why: 'not-listening', host: 'h', port: 1, text: 'EADDRNOTAVAIL' }, 'correct TINYSCHEDULER_API_HOST'],
  [{ why: 'not-listening', host: 'h', port: 80, text: 'EACCES' }, 'to one above 1023'],
  [{ why: 'not-listening', host: 'h', port: 1, text: 'EMFILE' }, 'EMFILE; it is tried again'],
];
test.each(TROUBLES)(
  '%j is said, with what to do, and read by others while its keeper lives',
  async (...row) => {
    const [trouble, says] = row;
    expect(sayApiTrouble(trouble)).toMatch(/^The API is not served: /);
    expect(sayApiTrouble(trouble)).toContain(says);
    await writeApiTrouble(dir, trouble);
    expect(readApiServed(dir)).toEqual({ trouble });
    await writeApiTrouble(dir, undefined);
    expect(readApiServed(dir)).toBeUndefined();
  },
);
