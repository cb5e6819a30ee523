import { CancellationScope, condition, isCancellation, setHandler, workflowInfo } from '@temporalio/workflow';
import { notifierStatus } from '../../contract/messages.ts';
import type { NotifierInput } from '../../contract/notify.ts';
import type { Bundle } from '../../domain/notify/bundle.ts';
import { levelsOf } from '../../domain/notify/outbox.ts';
import { Alarm } from '../sdk/alarm.ts';
import { hasLongHistory } from '../sdk/long-history.ts';
import { continueAsNew, writeMemo } from '../sdk/memo.ts';
import { deliverNotification, watchConditions } from './activities.ts';
import { NotifierState } from './notifier-state.ts';

/** Letters of a run id: ids of messages are not those of a notifier that somebody has ended. */
const SERIES_LETTERS = 13;

/**
 * Tells people what lasts and needs them: each condition once, until it is over. A look goes on beside the loop, and one message at a
 * time is delivered, tried until the receiver has taken it. Never completes.
 */
export async function notifier(input: NotifierInput): Promise<void> {
  const state = new NotifierState(input, workflowInfo().runId.slice(0, SERIES_LETTERS));
  setHandler(notifierStatus, () => state.memo().notifier);
  const alarm = new Alarm(state);
  const looking = new Looking(state);
  const memo = new Told(state);
  let delivering = false;
  const deliver = async (bundle: Bundle) => {
    delivering = true;
    const answer = await deliverNotification(bundle);
    delivering = false;
    state.answered(bundle.id, answer, Date.now());
    memo.write();
  };

  for (;;) {
    await condition(() => state.work);
    state.work = false;
    if (hasLongHistory() && !delivering) {
      await looking.stop();
      await continueAsNew<'notifier'>(state.successor(), state.memo());
    }
    looking.start();
    if (delivering) continue;
    const { send, wakeMs } = state.due(Date.now());
    if (send !== undefined) void deliver(send);
    else if (wakeMs !== undefined) alarm.set(wakeMs);
  }
}

/** The memo, written where somebody who reads it would be told something else. */
class Told {
  readonly #state: NotifierState;
  #written: string;

  constructor(state: NotifierState) {
    this.#state = state;
    this.#written = this.#says();
  }

  write(): void {
    const says = this.#says();
    if (says === this.#written) return;
    this.#written = says;
    writeMemo<'notifier'>(this.#state.memo());
  }

  /** Of how many wait nobody is told while they are delivered. */
  #says(): string {
    const { notifier } = this.#state.memo();
    return notifier.failing === undefined ? '' : JSON.stringify(notifier);
  }
}

/** The look that goes on; it knows what was known when it began. */
class Looking {
  readonly #state: NotifierState;
  #scope: CancellationScope | undefined;
  #over: Promise<void> = Promise.resolve();

  constructor(state: NotifierState) {
    this.#state = state;
  }

  /** Where none goes on. */
  start(): void {
    if (this.#scope !== undefined) return;
    const scope = new CancellationScope({ cancellable: true });
    this.#scope = scope;
    const { outbox, rules } = this.#state;
    const asked = { known: levelsOf(outbox), ...(rules && { rules }) };
    this.#over = scope
      .run(() => watchConditions(asked))
      .then(
        (seen) => {
          this.#scope = undefined;
          this.#state.saw(seen, Date.now());
        },
        (error) => {
          this.#scope = undefined;
          if (!isCancellation(error)) throw error;
        },
      );
  }

  async stop(): Promise<void> {
    this.#scope?.cancel();
    await this.#over;
  }
}
