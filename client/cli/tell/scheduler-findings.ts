import type { Client } from '@temporalio/client';
import { calledAs } from '../../../config/called-as.ts';
import { error, type Finding, ok, warning } from '../../../config/finding.ts';
import { listens } from '../../../embedded/servers/reachable.ts';
import { connectOurs, isNoAnswer } from '../../../temporal/connect.ts';
import { connectTinyTask } from '../../../tinytask/client.ts';
import { sayScheduler } from '../../../words/scheduler.ts';
import { readSnapshot } from '../../snapshot.ts';
import { stateOf } from '../../status.ts';
import type { Context } from '../call/context.ts';

/** What `validate-config` says of the scheduler that this configuration leads to: whether it is there, whose, and in which state. */
export async function schedulerFindings(context: Context): Promise<Finding[]> {
  const { config } = context.loaded;
  const { address, explicitlyConfigured: isNamed } = context.temporal;
  const { hostname, port } = new URL(`http://${address}`);
  if (!isNamed && !(await listens(Number(port), hostname))) {
    return [ok(`No Temporal server runs at ${address}; \`${calledAs()} start\` and \`run\` bring one up.`)];
  }
  const tinytask = connectTinyTask({ endpoint: config.mcpEndpoint });
  let client: Client | undefined;
  try {
    client = await connectOurs({ temporal: context.temporal, config, tinytask });
    const state = stateOf((await readSnapshot({ client, tinytask, config })).scheduler);
    const says = `Temporal at ${address} answers. Scheduler: ${sayScheduler(state)}.`;
    return [state.scheduler === 'running' ? ok(says) : warning(says)];
  } catch (reason) {
    const { message } = reason as Error;
    return [isNoAnswer(reason) ? warning(message) : error(message)];
  } finally {
    await tinytask.close();
    await client?.connection.close();
  }
}
