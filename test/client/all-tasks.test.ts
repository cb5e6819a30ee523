import { expect, test } from 'vitest';
import { readReport } from '../../client/report.ts';
import { loadConfig } from '../../config/load.ts';
import { openStore } from '../../tinytask/embedded/database.ts';
import { client, databaseFile, embeddedTinyTask } from '../support/tinytask.ts';

/** One more than a TinyTask is asked for at once. */
const COUNT = 100_001;

/** A TinyTask with so many complete tasks; the one that was added last is the last of each list. */
async function manyComplete() {
  const file = await databaseFile();
  const store = openStore(file);
  store.run(
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${COUNT})
     INSERT INTO tasks (id, title, status, created_by, created_at, updated_at)
     SELECT n, 'a', 'complete', 'test', ?, ? FROM numbers`,
    [store.stamp(), store.stamp()],
  );
  store.close();
  return client((await embeddedTinyTask({ file })).endpoint);
}

test('a report has all tasks of TinyTask, however many there are, and a list as many as are wanted', async () => {
  const tinytask = await manyComplete();
  expect((await tinytask.list({ limit: 2 })).map(({ id }) => id)).toEqual([1, 2]);
  const unreachable = { code: 'temporal-unreachable', address: 'x:1', named: true, text: 'refused' } as const;
  const { config } = loadConfig({ env: {}, cwd: '/nowhere' });
  const { tasks } = await readReport({ client: unreachable, tinytask, config }, { statuses: ['complete'] });
  expect(tasks).toHaveLength(COUNT);
});
