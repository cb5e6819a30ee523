import { setTimeout as sleep } from 'node:timers/promises';
import { writes } from './agents.ts';
import type { ByHand } from './by-hand.ts';
import { aMomentOf } from './moments.ts';
import { lives } from './observer/processes.ts';
import type { Piece } from './pieces.ts';
import type { Random } from './random.ts';
import { STOPPED_MS } from './rules.ts';
import type { TaskHands } from './task-hands.ts';
import type { Goose, Watch } from './watch.ts';
import type { WorkerPiece } from './worker-piece.ts';

/** How often each is done, in comparison. */
const TO_PROCESSES = {
  worker: 5,
  guardian: 4,
  both: 4,
  'all of ours': 2,
  temporal: 2,
  tinytask: 3,
  goose: 5,
  'stop worker': 2,
  'stop guardian': 2,
};
const BY_PEOPLE = {
  terminate: 3,
  reset: 3,
  cancel: 1,
  'terminate semaphore': 1,
  'terminate semaphore at a grant': 2,
  'terminate while it writes': 3,
  'reset while it writes': 3,
  'delete tasks': 1,
  'reassign tasks': 2,
  'add tasks of bad tags': 1,
};
type ToProcesses = keyof typeof TO_PROCESSES;
type ByPeople = keyof typeof BY_PEOPLE;

export interface StormParts {
  workers: WorkerPiece[];
  /** The processes of the Temporal server. */
  servers: readonly Piece[];
  tinytask: Piece;
  byHand: ByHand;
  taskHands: TaskHands;
  /** The folder of the run. */
  dir: string;
  watch: Watch;
  random: Random;
  note: (text: string) => void;
}

/** Disturbs the system at random, and puts back what it took away. */
export class Storm {
  kills = 0;
  readonly done: Record<string, number> = {};
  readonly #parts: StormParts;
  readonly #actions: Record<ToProcesses | ByPeople, number>;
  /** What is brought back or let go on later. */
  readonly #pending = new Set<Promise<void>>();
  readonly #stopped = new Set<number>();
  #failed: Error | undefined;

  constructor(parts: StormParts) {
    this.#parts = parts;
    // Each process of a cluster as often as the one of a dev server.
    const temporal = TO_PROCESSES.temporal * parts.servers.length;
    this.#actions = { ...TO_PROCESSES, temporal, ...BY_PEOPLE };
  }

  /** One action after the other until the time, in ms since 1970; then everything is put back. */
  async rage(untilMs: number, goOn: () => boolean): Promise<void> {
    const { random } = this.#parts;
    while (Date.now() < untilMs && goOn()) {
      await sleep(random.between(200, 2_500));
      const action = random.weighted(this.#actions);
      const act = isByPeople(action) ? this.#byPeople(action) : this.#toProcesses(action);
      await act.catch((error: Error) => this.#parts.note(`${action}: ${error.message}`));
      if (this.#failed) throw this.#failed;
    }
    for (const pid of [...this.#stopped]) this.#goOn(pid);
    while (this.#pending.size > 0) await Promise.all(this.#pending);
    if (this.#failed) throw this.#failed;
  }

  async #toProcesses(action: ToProcesses): Promise<void> {
    const { random, watch, workers } = this.#parts;
    const worker = random.pick(workers) as WorkerPiece;
    const ofWorker = watch.guardianOf(worker.pid);
    switch (action) {
      case 'worker':
        return await this.#killPieces([worker]);
      case 'guardian':
        return this.#killGuardian(worker);
      case 'both':
        this.#killGuardian(worker);
        return await this.#killPieces([worker]);
      case 'all of ours':
        for (const each of workers) this.#killGuardian(each);
        return await this.#killPieces(workers);
      case 'temporal':
        return await this.#killPieces([this.#aServer()]);
      case 'tinytask':
        return await this.#killPieces([this.#parts.tinytask]);
      case 'goose': {
        const goose = random.pick(watch.gooses());
        if (goose && lives(goose.pid, goose.startTime)) this.#kill(goose.pid, `goose of task ${goose.task}`);
        return;
      }
      case 'stop worker':
        if (this.#isAlone(worker) && this.#isStopped(ofWorker)) return;
        return this.#stop(worker.pid, worker.name);
      case 'stop guardian':
        if (this.#isAlone(worker) && this.#isStopped(worker.pid)) return;
        return this.#stop(ofWorker, `guardian of ${worker.name}`);
    }
  }

  #aServer(): Piece {
    const { servers, random } = this.#parts;
    // The same numbers are drawn where there is only one.
    return servers.length === 1 ? (servers[0] as Piece) : (random.pick([...servers]) as Piece);
  }

  async #byPeople(action: ByPeople): Promise<void> {
    const { byHand, taskHands } = this.#parts;
    switch (action) {
      case 'terminate':
        return this.#sayDone(action, await byHand.terminate());
      case 'reset':
        return this.#sayDone(action, await byHand.reset());
      case 'cancel':
        return this.#sayDone(action, await byHand.cancel());
      case 'terminate semaphore':
        return this.#sayDone(action, await byHand.terminateSemaphore());
      case 'terminate semaphore at a grant':
        return this.#meanwhile(action, () => byHand.terminateSemaphoreAtAGrant());
      case 'terminate while it writes':
        return this.#atAMoment(action, ({ task }) => byHand.terminateRunOf(task));
      case 'reset while it writes':
        return this.#atAMoment(action, ({ task }) => byHand.resetRunOf(task));
      case 'delete tasks':
        return this.#sayDone(action, await taskHands.deleteSome(this.#atWork()));
      case 'reassign tasks':
        return this.#sayDone(action, await taskHands.reassignSome(this.#atWork()));
      case 'add tasks of bad tags':
        return this.#sayDone(action, await taskHands.addTagged());
    }
  }

  #atWork(): number[] {
    return this.#parts.watch.gooses().map(({ task }) => task);
  }

  /** To the run of a goose, at a moment of its life; one that writes by itself is chosen more often. */
  #atAMoment(action: ByPeople, act: (goose: Goose) => Promise<string>): void {
    const { random, watch, dir } = this.#parts;
    const gooses = watch.gooses();
    const writers = gooses.filter(({ agent }) => writes(agent));
    const isOfWriters = random.next() < 0.5 && writers.length > 0;
    const goose = random.pick(isOfWriters ? writers : gooses);
    // What happens meanwhile must not change which numbers the storm draws.
    const own = random.fork();
    if (goose === undefined) return;
    this.#meanwhile(action, async () => {
      const moment = await aMomentOf(goose, dir, own);
      return moment && `${await act(goose)} of ${goose.agent} ${moment}`;
    });
  }

  /** While other things happen: what waits for its moment must not hold up the storm. */
  #meanwhile(action: ByPeople, act: () => Promise<string | undefined>): void {
    const doIt = async () => this.#sayDone(action, await act());
    this.#later(0, () => doIt().catch((error: Error) => this.#parts.note(`${action}: ${error.message}`)));
  }

  #sayDone(action: string, what: string | undefined): void {
    if (what === undefined) return;
    this.done[action] = (this.done[action] ?? 0) + 1;
    this.#parts.note(what);
  }

  #kill(pid: number, what: string): void {
    process.kill(pid, 'SIGKILL');
    this.kills += 1;
    this.#sayDone(`kill ${what.split(' ')[0]?.replace(/-\d$/, '')}`, `SIGKILL ${what} (${pid})`);
  }

  #killGuardian(worker: WorkerPiece): void {
    if (worker.pid !== undefined && this.#isAlone(worker)) this.#goOn(worker.pid);
    const pid = this.#parts.watch.guardianOf(worker.pid);
    // A worker that is stopped has not noticed yet that it was killed before.
    if (pid !== undefined && lives(pid)) this.#kill(pid, 'guardian');
  }

  /**
   * Nobody else of ours is on its host. Then it and its guardian are not both kept from acting for longer than a lease:
   * nobody could end what they have started, and nothing is promised of that.
   */
  #isAlone(worker: WorkerPiece): boolean {
    return this.#parts.workers.filter(({ host }) => host === worker.host).length === 1;
  }

  #isStopped(pid: number | undefined): boolean {
    return pid !== undefined && this.#stopped.has(pid);
  }

  async #killPieces(pieces: Piece[]): Promise<void> {
    const { random } = this.#parts;
    const up = pieces.filter((piece) => piece.pid !== undefined);
    for (const piece of up) {
      this.kills += 1;
      this.#sayDone(`kill ${piece.name.replace(/-\d$/, '')}`, `SIGKILL ${piece.name} (${piece.pid})`);
    }
    if (up.some((piece) => this.#parts.servers.includes(piece)))
      this.#parts.watch.tell({ tell: 'server-killed' });
    // All at once: none of them sees another one die first.
    await Promise.all(up.map((piece) => piece.kill()));
    for (const piece of up) this.#later(random.between(200, 3_000), () => this.#bringBack(piece));
  }

  async #bringBack(piece: Piece): Promise<void> {
    await piece.start();
    this.#parts.note(`${piece.name} is back (${piece.pid})`);
  }

  #stop(pid: number | undefined, what: string): void {
    if (pid === undefined || this.#stopped.has(pid)) return;
    process.kill(pid, 'SIGSTOP');
    this.#stopped.add(pid);
    this.#sayDone(`stop ${what.split(' ')[0]?.replace(/-\d$/, '')}`, `SIGSTOP ${what} (${pid})`);
    const untilMs = Date.now() + STOPPED_MS;
    this.#later(0, async () => {
      while (this.#stopped.has(pid) && Date.now() < untilMs) await sleep(100);
      this.#goOn(pid);
    });
  }

  #goOn(pid: number): void {
    if (!this.#stopped.delete(pid)) return;
    try {
      process.kill(pid, 'SIGCONT');
      this.#parts.note(`SIGCONT ${pid}`);
    } catch {
      // Killed while it was stopped.
    }
  }

  #later(ms: number, act: () => Promise<void>): void {
    const pending: Promise<void> = sleep(ms)
      .then(act)
      .catch((error: Error) => {
        this.#failed ??= error;
      })
      .finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
  }
}

function isByPeople(action: ToProcesses | ByPeople): action is ByPeople {
  return action in BY_PEOPLE;
}
