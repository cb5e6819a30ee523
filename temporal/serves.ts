import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import { readRestoredFrom } from '../config/restored-from.ts';
import { relationTo, type Serves } from '../contract/serves.ts';
import type { Task } from '../domain/task.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { homeOf } from '../tinytask/home.ts';
import { schedulerError } from '../words/errors.ts';
import { schedulerMemo } from './memos.ts';

interface Place {
  tinytask: Pick<TinyTask, 'get'>;
  config: Pick<Config, 'basePath' | 'stateDir' | 'mcpEndpoint' | 'mcpEndpointExplicit'>;
}

/** @throws `anothers-tinytask` if nobody named a TinyTask, and what is met on the usual port is that of another place */
export async function checkTinytask(place: Pick<Place, 'config'>): Promise<void> {
  const { mcpEndpoint, mcpEndpointExplicit, stateDir } = place.config;
  const home = mcpEndpointExplicit ? undefined : await homeOf(mcpEndpoint);
  if (home !== undefined && home !== stateDir)
    throw schedulerError({ code: 'anothers-tinytask', endpoint: mcpEndpoint, theirs: home, ours: stateDir });
}

/**
 * @param temporalNamed whether somebody named the Temporal server
 * @throws `another-scheduler` if the scheduler of this namespace works for somebody else @throws `anothers-tinytask`
 */
export async function checkServes(client: Client, place: Place, temporalNamed: boolean): Promise<void> {
  const theirs = (await schedulerMemo(client))?.serves;
  if (theirs !== undefined && !(await worksFor(theirs, place, temporalNamed)))
    throw anotherScheduler(theirs, place);
  await checkTinytask(place);
}

/** Whether a scheduler with this memo works for this place. TinyTask is asked only where the addresses do not tell. */
export async function worksFor(theirs: Serves, place: Place, temporalNamed: boolean): Promise<boolean> {
  const tinytaskNamed = place.config.mcpEndpointExplicit;
  const formerly = readRestoredFrom(place.config.stateDir);
  const asker = { ...here(place), tinytaskNamed, temporalNamed, ...(formerly && { formerly }) };
  const relation = relationTo(theirs, asker);
  if (relation !== 'look' || theirs.mark === null) return relation === 'ours';
  const task = await place.tinytask.get(theirs.mark.id);
  return task?.createdAt === theirs.mark.createdAt;
}

/** For whom the scheduler works from this pass on. @throws `another-scheduler` if a process of somebody else's was given it */
export async function nowServes(
  place: Place,
  known: Serves | null,
  open: readonly Task[] | undefined,
): Promise<Serves> {
  if (known !== null && !(await worksFor(known, place, true))) throw anotherScheduler(known, place);
  return { ...here(place), mark: markOf(known?.mark ?? null, open) };
}

function anotherScheduler({ host, basePath, tinytask }: Serves, place: Place): Error {
  return schedulerError({
    code: 'another-scheduler',
    theirs: { host, basePath, tinytask },
    ours: here(place),
  });
}

/** The same task for as long as it is open, so that the memo changes rarely. */
function markOf(known: Serves['mark'], open: readonly Task[] = []): Serves['mark'] {
  if (open.some(({ id, createdAt }) => id === known?.id && createdAt === known.createdAt)) return known;
  const oldest = open.reduce<Task | undefined>((a, b) => (a === undefined || b.id < a.id ? b : a), undefined);
  return oldest === undefined ? known : { id: oldest.id, createdAt: oldest.createdAt };
}

function here({ config }: Pick<Place, 'config'>): Omit<Serves, 'mark'> {
  const { basePath, stateDir, mcpEndpoint } = config;
  return { host: hostname(), basePath, stateDir, tinytask: mcpEndpoint };
}
