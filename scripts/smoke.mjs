// Whether schedules work, from a request to the task's end: `npm run smoke`. It brings up a scheduler of its own in a temporary
// folder on free ports, with a scripted model, and leaves nothing. `npm run smoke -- --url http://host:9595 --queue dev` asks one
// that runs: its agents do six small tasks of that queue; a token is read from SMOKE_TOKEN.
import { parseArgs } from 'node:util';
import { ownScheduler } from './own-scheduler.mjs';
import { smoke } from './smoke-steps.mjs';

const { values } = parseArgs({
  options: { url: { type: 'string' }, queue: { type: 'string' }, patience: { type: 'string' } },
});
const own = values.url === undefined ? ownScheduler() : undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, async () => {
    await own?.stop();
    process.exit(1);
  });
}
let failed = false;
try {
  const { url, queue } = own ? await own.start() : { url: values.url, queue: values.queue };
  const patienceMs = Number(values.patience ?? 180) * 1_000;
  await smoke({ url, queue, token: process.env.SMOKE_TOKEN, patienceMs });
} catch (error) {
  failed = true;
  console.error(`smoke: ${error.message}`);
} finally {
  await own?.stop();
}
process.exit(failed ? 1 : 0);
