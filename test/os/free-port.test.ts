import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from '../../os/free-port.ts';

/** The lowest that this system gives to whoever dials. */
function lowestOfDialers(): number {
  const file = '/proc/sys/net/ipv4/ip_local_port_range';
  return process.platform === 'linux' ? Number.parseInt(readFileSync(file, 'utf8'), 10) : 49_152;
}

test('a port that is given to a server is never given to a connection, so it is free when the server comes back', async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, () => freePort(0)));
  for (const port of ports) {
    expect(port).toBeGreaterThan(1_024);
    expect(port).toBeLessThan(lowestOfDialers());
  }
});

test('the port that is wanted, else another one', async () => {
  const wanted = await freePort(0);
  expect(await freePort(wanted)).toBe(wanted);
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(wanted, '127.0.0.1', resolve));
  const other = await freePort(wanted);
  holder.close();
  expect(other).not.toBe(wanted);
  expect(other).toBeLessThan(lowestOfDialers());
});
