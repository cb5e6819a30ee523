import { apiToken } from '../../../config/api-token.ts';
import { thisBuild } from '../../../config/this-build.ts';
import { readApiPlace } from '../../../embedded/presence/api-place.ts';
import type { SchedulerClient } from '../../scheduler-client.ts';
import type { Context } from './context.ts';

/**
 * The scheduler, for a command that asks or tells it a few things: by the API where a process of this state directory serves it
 * and answers as this command would, else by a connection of its own. Loaded as it is needed, since loading is most of what a
 * command costs.
 *
 * @param connect what the command does without the API
 * @throws what `connect` does
 */
export async function openScheduler(context: Context): Promise<SchedulerClient>;
export async function openScheduler<Own extends Partial<SchedulerClient>>(
  context: Context,
  connect: () => Promise<Own>,
): Promise<Own>;
export async function openScheduler(
  context: Context,
  connect: () => Promise<Partial<SchedulerClient>> = () => connectHere(context),
): Promise<Partial<SchedulerClient>> {
  const place = readApiPlace(context.loaded.config.stateDir);
  const token = apiToken();
  if (place === undefined || (place.tokenRequired && token === undefined)) return connect();
  const [{ ThroughApi }, { answersMark }] = await Promise.all([
    import('../../facts/through-api.ts'),
    import('../../facts/mark.ts'),
  ]);
  const mark = answersMark(context, thisBuild());
  const api = { url: place.url, mark, ...(token !== undefined && { token }) };
  return new ThroughApi(api, connect).client();
}

/** By a connection of its own, for a command that goes on for long. @throws what connectScheduler does */
export async function connectHere({ loaded, temporal }: Context): Promise<SchedulerClient> {
  const { connectScheduler } = await import('../../connect.ts');
  return connectScheduler({ temporal, config: loaded.config });
}
