import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { buildOnce } from '../../support/build.ts';
import { client, databaseFile } from '../../support/tinytask.ts';

const SERVE = fileURLToPath(new URL('../../fixtures/tinytask/serve.mjs', import.meta.url));
let build: string;

beforeAll(async () => {
  build = await buildOnce();
});

async function serve(file: string) {
  const child = execa('node', [SERVE, build, file, '0'], { reject: false });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await child;
  });
  const [endpoint] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, endpoint: endpoint.toString().trim() };
}

test('what was answered before a SIGKILL is there afterwards', async () => {
  const file = await databaseFile();
  const { child, endpoint } = await serve(file);
  const writing = client(endpoint);
  const created = new Map<number, string>();
  const claimed = new Set<number>();
  const writer = async (name: number) => {
    for (let n = 0; ; n += 1) {
      const title = `task ${n} of writer ${name}`;
      const { id } = await writing.create({ title, createdBy: 'test' });
      created.set(id, title);
      await writing.update(id, { status: 'working', assignedTo: `agent-${name}` });
      claimed.add(id);
    }
  };
  const writers = Array.from({ length: 8 }, (_, name) => writer(name).catch((error) => error));
  await expect.poll(() => claimed.size, { timeout: 60_000, interval: 5 }).toBeGreaterThan(200);
  child.kill('SIGKILL');
  for (const error of await Promise.all(writers)) expect(error).toMatchObject({ kind: 'unreachable' });

  const restarted = await serve(file);
  const tasks = new Map(
    (await client(restarted.endpoint).list({ limit: 100_000 })).map((task) => [task.id, task]),
  );
  for (const [id, title] of created) expect(tasks.get(id)?.title).toBe(title);
  for (const id of claimed) expect(tasks.get(id)?.status).toBe('working');
  expect(claimed.size).toBeGreaterThan(200);
});
