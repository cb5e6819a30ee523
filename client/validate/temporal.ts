import { type Client, NamespaceNotFoundError } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import type { TemporalSettings } from '../../config/temporal.ts';
import { hasCode, SchedulerError } from '../../contract/errors.ts';
import { error, type Finding, ok, warning } from '../../contract/findings.ts';
import type { Task } from '../../domain/task.ts';
import { listensAt } from '../../embedded/servers/reachable.ts';
import { connectOurs, isNoAnswer } from '../../temporal/connect.ts';
import { withAttributes } from '../../temporal/search-attributes.ts';
import { connectTinyTask } from '../../tinytask/client.ts';
import { TinyTaskError } from '../../tinytask/errors.ts';
import type { TinyTaskKind } from '../../tinytask/kind.ts';
import { asSchedulerError } from '../errors.ts';
import { readSnapshot } from '../snapshot.ts';
import { stateOf } from '../status.ts';
import type { Make } from './make.ts';

interface Looking {
  config: Config;
  temporal: TemporalSettings;
  /** What is open in TinyTask, or why that cannot be had. */
  tasks: readonly Task[] | Error;
  make: Make | undefined;
}

/** The Temporal server that this configuration leads to: whether it is there, knows what a run needs, and whose scheduler it has. */
export async function checkTemporal(looking: Looking): Promise<Finding[]> {
  const { config, temporal } = looking;
  const { address, namespace, explicitlyConfigured: isNamed } = temporal;
  if (!isNamed && !(await listensAt(address))) return [ok({ code: 'temporal-absent', address })];
  const tinytask = connectTinyTask({ endpoint: config.mcpEndpoint });
  let client: Client | undefined;
  try {
    client = await connectOurs({ temporal, config, tinytask });
    return [
      ok({ code: 'temporal-good', address, namespace }),
      await checkAttributes(looking),
      await checkScheduler(client, looking),
    ];
  } catch (reason) {
    // Only a server that answers leads to that question; that TinyTask does not answer was told before.
    if (reason instanceof TinyTaskError)
      return [ok({ code: 'temporal-good', address, namespace }), await checkAttributes(looking)];
    return failed(reason, temporal);
  } finally {
    await tinytask.close();
    await client?.connection.close();
  }
}

function failed(reason: unknown, { address, namespace }: TemporalSettings): Finding[] {
  if (reason instanceof NamespaceNotFoundError)
    return [error({ code: 'namespace-missing', address, namespace })];
  // What was looked at before has said it.
  if (hasCode(reason, 'anothers-tinytask')) return [];
  const told = asSchedulerError(reason);
  if (!(told instanceof SchedulerError)) throw told;
  // One that does not answer may be started later, and a daemon waits for it.
  return [isNoAnswer(told) ? warning(told.failure) : error(told.failure)];
}

async function checkAttributes({ temporal, make }: Looking): Promise<Finding> {
  const { namespace } = temporal;
  let isAdding = false;
  try {
    return await withAttributes(temporal, async (attributes) => {
      const { missing, ofOtherType } = await attributes.look();
      if (ofOtherType.length > 0) {
        return error({ code: 'attributes-of-other-type', namespace, names: ofOtherType });
      }
      if (missing.length > 0) {
        if (make === undefined) return warning({ code: 'attributes-missing', namespace, names: missing });
        isAdding = true;
        await attributes.add(missing);
        make({ made: 'search-attributes', namespace, names: missing });
      }
      return ok({ code: 'attributes-good', namespace });
    });
  } catch (reason) {
    if (!hasCode(reason, 'search-attributes-missing')) throw reason;
    // A server may let nobody look, and have all of them.
    return isAdding ? error(reason.failure) : warning(reason.failure);
  }
}

async function checkScheduler(client: Client, { config, tasks }: Looking): Promise<Finding> {
  const listOpen = () => (tasks instanceof Error ? Promise.reject(tasks) : Promise.resolve(tasks));
  const kind = async (): Promise<TinyTaskKind> => ({ speaks: 'streamable-http', lacks: [] });
  const { scheduler } = await readSnapshot({
    client,
    tinytask: { listOpen, kind, speaks: undefined },
    config,
  });
  const state = stateOf(scheduler);
  const found = { code: 'scheduler-state', ...state } as const;
  return state.scheduler === 'running' ? ok(found) : warning(found);
}
