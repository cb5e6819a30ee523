import { cpuTimeOf } from './cpu.ts';

const EVERY_MS = 50;

/** Processor time of these processes so far, in milliseconds; one that is gone counts nothing. */
export function cpuMs(pids: readonly number[]): number {
  return pids.reduce((total, pid) => total + ownMs(pid), 0);
}

function ownMs(pid: number): number {
  try {
    return cpuTimeOf(pid).ownMs;
  } catch {
    return 0;
  }
}

/** Writes down the processor time of some processes, so that it can be told afterwards what a piece of a history took. */
export class CpuOverTime {
  readonly #pids: readonly number[];
  readonly #samples: { atMs: number; cpuMs: number }[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(pids: readonly number[]) {
    this.#pids = pids;
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), EVERY_MS);
  }

  /** From one time to another, in milliseconds since the epoch. */
  between(fromMs: number, toMs: number): number {
    return this.#at(toMs) - this.#at(fromMs);
  }

  stop(): void {
    this.#sample();
    clearInterval(this.#timer);
  }

  #sample(): void {
    this.#samples.push({ atMs: Date.now(), cpuMs: cpuMs(this.#pids) });
  }

  #at(atMs: number): number {
    const next = this.#samples.findIndex((sample) => sample.atMs >= atMs);
    const [after, before] = [this.#samples.at(next), this.#samples[next < 0 ? 0 : next - 1]];
    if (after === undefined || before === undefined || next <= 0) return after?.cpuMs ?? 0;
    const share = (atMs - before.atMs) / (after.atMs - before.atMs || 1);
    return before.cpuMs + share * (after.cpuMs - before.cpuMs);
  }
}
