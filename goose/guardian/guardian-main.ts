import { setPriority } from 'node:os';
import { HostWatch } from '../host/host-watch.ts';
import { LostActivities, TELL_MS } from '../host/lost-activity.ts';
import { readPlace } from '../host/owner.ts';
import type { FromGuardian, ToGuardian } from './guardian-messages.ts';

/** After the last run was ended: a child that had not become goose yet would be seen by now. */
const STAY_MS = 2_000;

/**
 * The guardian: a process of its own that ends the goose runs of a worker that was killed or hangs. Started by
 * guardian.ts with the folder of run records, the grace in milliseconds, and its worker's pid and start time. It
 * outlives its worker until nothing of it is left.
 */
class Guardian {
  readonly #watch: Promise<HostWatch>;
  readonly #telling = new Set<Promise<unknown>>();
  #lost: LostActivities | undefined;
  #looking: Promise<unknown> = Promise.resolve();
  /** The look that has not begun yet. */
  #next: Promise<boolean> | undefined;
  #workerGoneAtMs = Number.POSITIVE_INFINITY;
  #stayMs = STAY_MS;

  constructor([runningDir = '', graceMs, pid, startTime]: string[]) {
    this.#watch = readPlace(runningDir).then(
      (place) =>
        new HostWatch({
          place,
          graceMs: Number(graceMs),
          onEnded: (record) => {
            const told = this.#lost?.fail(record, TELL_MS).catch(() => {});
            if (told === undefined) return;
            this.#telling.add(told);
            void told.finally(() => this.#telling.delete(told));
          },
          onProblem: (problem) => tell({ problem }),
        }),
    );
    // Before anything that takes time: what nobody listens to is lost.
    process.on('message', (message: ToGuardian) => this.#hear(message));
    const onGone = () => this.#workerHasGone({ pid: Number(pid), startTime: Number(startTime) });
    // It may have been killed while this process started.
    if (process.connected) process.once('disconnect', onGone);
    else onGone();
  }

  async run(): Promise<void> {
    let busyAtMs = performance.now();
    for (;;) {
      const hasSeen = await this.#look();
      // What is not seen may be there, but not after a worker that has said that it leaves nothing.
      if (!hasSeen && this.#stayMs > 0) busyAtMs = performance.now();
      else if ((await this.#watch).isBusy || this.#telling.size > 0) busyAtMs = performance.now();
      else if (performance.now() - Math.max(this.#workerGoneAtMs, busyAtMs) >= this.#stayMs) process.exit(0);
      await (await this.#watch).rest();
    }
  }

  #hear(message: ToGuardian): void {
    if ('access' in message) this.#lost = new LostActivities(message.access);
    else if ('leave' in message) this.#stayMs = 0;
    else
      void this.#look().then((hasSeen) =>
        tell(hasSeen ? { looked: message.look } : { unseen: message.look }),
      );
  }

  #workerHasGone(worker: { pid: number; startTime: number }): void {
    this.#workerGoneAtMs = performance.now();
    void this.#watch.then((watch) => {
      watch.workerHasGone(worker);
      return this.#look();
    });
  }

  /** Says whether it has seen all there is. Whoever asks before a look has begun shares it. */
  #look(): Promise<boolean> {
    this.#next ??= this.#looking
      .then(async () => {
        const watch = await this.#watch;
        this.#next = undefined;
        await watch.look();
        return true;
      })
      .catch((error) => {
        tell({ problem: String(error) });
        return false;
      });
    this.#looking = this.#next;
    return this.#next;
  }
}

function tell(message: FromGuardian): void {
  // A worker that has gone hears nothing, and that is no error here.
  if (process.connected) process.send?.(message, () => {});
}

// It ends when its worker has, not before: a service manager's signal to all processes must not end it first.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
try {
  // So that it has its say on a machine that its agents keep busy; only root may.
  setPriority(-10);
} catch {}
void new Guardian(process.argv.slice(2)).run();
