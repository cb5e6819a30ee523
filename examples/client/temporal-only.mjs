// With Temporal's own client alone: node temporal-only.mjs pause | resume | run-now [TASK] | explain TASK
// Every signal and query is in docs/architecture.md. TEMPORAL_ADDRESS says where the server is.
import { Client, Connection } from '@temporalio/client';

const [what, id] = process.argv.slice(2);
const task = id === undefined ? [] : [Number(id)];
const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS ?? 'localhost:7233' });
const { workflow } = new Client({ connection, namespace: process.env.TEMPORAL_NAMESPACE ?? 'default' });
const scheduler = workflow.getHandle('scheduler');
if (what === 'pause' || what === 'resume')
  await scheduler.signal(what, { by: 'a script', note: 'maintenance' });
else if (what === 'run-now') await scheduler.signal('run-now', ...task);
else if (what === 'explain')
  console.log(JSON.stringify(await workflow.getHandle(`task-${id}`).query('status'), null, 2));
else process.exitCode = 2;
await connection.close();
