import type { Client } from '@temporalio/client';
import { MAIN_QUEUE, NOTIFIER_ID } from '../contract/ids.ts';
import { notifierMemoIn } from '../contract/memos.ts';
import type { NotifyingTrouble, Stuck } from '../contract/status.ts';
import { NOTIFIER, type Workflows } from '../contract/workflows.ts';
import { describeAny, stuckOf } from './described.ts';

/** Starts the notifier where it does not run. */
export async function ensureNotifier(client: Client): Promise<void> {
  await client.workflow.start<Workflows['notifier']>(NOTIFIER, {
    workflowId: NOTIFIER_ID,
    taskQueue: MAIN_QUEUE,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [{}],
  });
}

export interface NotifierTrouble {
  /** The receiver does not take what it is sent. */
  trouble?: NotifyingTrouble;
  /** It does not get on. */
  stuck?: Stuck;
}

/** What is wrong with the notifier; nothing where there is none. */
export async function notifierTrouble(client: Client): Promise<NotifierTrouble> {
  const described = await describeAny(client, NOTIFIER_ID);
  if (described?.status.name !== 'RUNNING') return {};
  const { waiting = 0, failing } = notifierMemoIn(described.memo) ?? {};
  const stuck = stuckOf(described);
  return { ...(failing && { trouble: { waiting, ...failing } }), ...(stuck && { stuck }) };
}
