import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { startDaemon } from './daemon-process.ts';
import { guardiansOf } from './guardians.ts';
import { SeenRuns } from './seen-runs.ts';
import type { System } from './system.ts';

/** Daemons as processes, and the goose runs of each as the operating system shows them. */
export class SeenDaemons {
  readonly seen: SeenRuns;
  readonly #system: System;
  readonly #daemons: ChildProcess[] = [];

  constructor(system: System) {
    this.#system = system;
    this.seen = new SeenRuns(system.dir);
  }

  async start(stderr?: string): Promise<ChildProcess & { pid: number }> {
    const daemon = await startDaemon(this.#system.env, stderr);
    this.#daemons.push(daemon);
    this.seen.workers.add(daemon.pid);
    return daemon;
  }

  runsOf(daemon: { pid: number }) {
    return this.seen.living().filter((run) => run.worker === daemon.pid);
  }

  /** SIGKILL to the daemons alone: their guardians are left to do their work. */
  async killAll(): Promise<void> {
    for (const daemon of this.#daemons) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      daemon.kill('SIGKILL');
      await once(daemon, 'exit');
    }
  }

  /** Ends all of them with their guardians, one that is stopped too, and what they have left. */
  async end(): Promise<void> {
    this.seen.end();
    for (const daemon of this.#daemons) {
      const guardians = guardiansOf(daemon.pid);
      if (daemon.exitCode === null && daemon.signalCode === null) {
        daemon.kill('SIGKILL');
        await once(daemon, 'exit');
      }
      for (const pid of guardians) signalIfThere(pid, 'SIGKILL');
    }
    await this.seen.killAll();
  }
}

/** A guardian that does not answer is killed and replaced by its worker at any time. */
export function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {}
}
