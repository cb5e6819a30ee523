import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

// The long form is `npm run chaos -- --minutes 10`.
test.skipIf(process.platform !== 'linux')(
  'a short storm of kills breaks none of the promises',
  async () => {
    const args = ['scripts/chaos.mjs', '--minutes', '0.5', '--seed', '11'];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk;
      });
    const [code] = await once(child, 'close');
    expect(code, output).toBe(0);
    expect(output).toMatch(/\d+ kills, 0 violations/);
  },
  420_000,
);
