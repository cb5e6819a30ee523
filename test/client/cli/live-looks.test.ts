import { dirname } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { showLive } from '../../../client/cli/show/live.ts';
import { loadConfig } from '../../../config/load.ts';
import { localSettings } from '../../../embedded/servers/ensure-temporal.ts';
import { startLimitedServer } from '../../support/limited-server.ts';
import { client, databaseFile, embeddedTinyTask } from '../../support/tinytask.ts';

const ENOUGH = 5;

test('what changes after each look is looked at once a second', { timeout: 600_000 }, async () => {
  const server = await startLimitedServer({});
  onTestFinished(() => server.stop());
  const file = await databaseFile();
  const { endpoint } = await embeddedTinyTask({ file });
  const tinytask = client(endpoint);
  const { id } = await tinytask.create({ title: 'a task', createdBy: 'test', queue: 'dev' });
  const config = {
    ...loadConfig({ env: {}, cwd: '/' }).config,
    ...{ mcpEndpoint: endpoint, stateDir: dirname(file) },
  };
  const where = { temporal: localSettings(server.address), config };

  const begunMs: number[] = [];
  let shown = 0;
  await new Promise<void>((resolve) => {
    const live = showLive({
      screen: {
        ...{ redraws: true, say: () => {}, end: () => {} },
        // The end of a look that has found something new.
        show() {
          shown += 1;
          if (shown === ENOUGH) return resolve();
          void tinytask.update(id, { status: shown % 2 === 1 ? 'complete' : 'idle' });
        },
      },
      // The beginning of each.
      where() {
        begunMs.push(performance.now());
        return where;
      },
      footer: () => [],
      sinceMs: Date.now(),
    });
    onTestFinished(() => live.end());
  });
  const apartMs = begunMs.slice(1).map((ms, at) => ms - (begunMs[at] ?? 0));
  // A timer may ring a millisecond early.
  expect(Math.min(...apartMs)).toBeGreaterThan(998);
});

test('without a terminal it says once that there are no tasks', async () => {
  const server = await startLimitedServer({});
  onTestFinished(() => server.stop());
  const file = await databaseFile();
  const { endpoint } = await embeddedTinyTask({ file });
  const config = {
    ...loadConfig({ env: {}, cwd: '/' }).config,
    ...{ mcpEndpoint: endpoint, stateDir: dirname(file) },
  };
  const said: string[] = [];
  const live = showLive({
    screen: { redraws: false, say: (line) => void said.push(line), end: () => {}, show: () => {} },
    where: () => ({ temporal: localSettings(server.address), config }),
    footer: () => [],
    sinceMs: Date.now(),
  });
  onTestFinished(() => live.end());
  await expect.poll(() => said).toContain('There are no tasks, and new ones are waited for.');
});
