import type { Deed } from '../../contract/by-hand.ts';
import { type Complaint, withComplaint } from '../../contract/complaint.ts';
import type { StopAttempt } from '../../contract/contents.ts';
import type { Carried, SecondLook, SemaphoreInput } from '../../contract/semaphore-input.ts';
import { agentsLeft } from '../../domain/slots/breaker.ts';
import { rollDays } from '../../domain/slots/budget.ts';
import { beQuiet, type Grant, newPool, type Pool } from '../../domain/slots/pool.ts';
import { type RunRef, refOf } from '../../domain/slots/run-ref.ts';

/** What a semaphore knows, and what messages have told it. */
export class SemaphoreState {
  readonly semaphore: string;
  readonly pool: Pool;
  complaints: Complaint[];
  /** Who did what last. */
  deeds: Deed[];
  /** Something was recorded, or is due. */
  work = true;
  /** The holders are to be looked at, whenever that was done last. */
  lookDue = false;
  /** Grants to send once more, since the first may be lost. */
  readonly resend: Grant[] = [];
  /** Attempts that a person has stopped, to tell their runs. */
  readonly toStop: StopAttempt[] = [];
  /** Agents whose runs have to be looked for. */
  readonly toFind = new Set<string>();
  secondLook: SecondLook | null;
  /** When the holders were looked at last, in milliseconds since the epoch. */
  lookedAtMs: number;
  #heardFrom: RunRef[] = [];

  constructor(input: SemaphoreInput, nowMs: number) {
    const { semaphore, policy, moved, before, fresh, carried } = input;
    this.semaphore = semaphore;
    const known = [...moved, ...(before?.agents ?? [])];
    this.pool = carried?.pool ?? newPool(policy, input.schedulerPaused, known);
    this.complaints = carried?.complaints ?? [];
    this.deeds = carried?.deeds ?? input.deeds ?? [];
    this.secondLook = carried?.secondLook ?? null;
    this.lookedAtMs = carried?.lookedAtMs ?? nowMs;
    if (carried !== undefined) return;
    this.pool.paused = before?.paused ?? false;
    if (before?.stopped) this.pool.stopped = true;
    if (before?.hold) {
      this.pool.breaker = { troubles: [], hold: before.hold };
      agentsLeft(this.pool);
    }
    if (before?.tokens) this.pool.tokens = { ...before.tokens, today: { ...before.tokens.today } };
    if (!fresh) this.pool.fencesFrom = input.fencesFrom ?? nowMs;
    this.findRunsOf(fresh ? moved : this.pool.agents);
  }

  /** Nothing would be lost if the run ended now: what is recorded in the pool goes along. */
  get isAtRest(): boolean {
    return this.resend.length + this.toStop.length === 0 && !this.lookDue && this.toFind.size === 0;
  }

  /** What goes along to the next run of the semaphore. */
  carried(): Carried {
    const { pool, complaints, deeds, secondLook, lookedAtMs } = this;
    return { pool, complaints, secondLook, lookedAtMs, ...(deeds.length > 0 && { deeds }) };
  }

  get agentNames(): string[] {
    return this.pool.agents.map((agent) => agent.name);
  }

  /** Does what a message says, and wakes the loop. */
  record(change: () => void): void {
    rollDays(this.pool, Date.now());
    change();
    this.work = true;
  }

  /** Stops what runs with slots of these agents. */
  stopHolders(agents: readonly string[], why: string): void {
    const stopped = this.pool.holders.filter(({ agent }) => agents.includes(agent));
    this.toStop.push(...stopped.map((holder) => ({ ...refOf(holder), fence: holder.fence, why })));
  }

  /** The same where the semaphore before this one may have been ended before it told the runs. */
  stopFound(): void {
    const { pool } = this;
    const stopped = pool.agents.filter((agent) => pool.stopped || agent.stopped);
    if (stopped.length > 0)
      this.stopHolders(
        stopped.map(({ name }) => name),
        'stopped by hand',
      );
  }

  /** A run has said something of itself. */
  heard(run: RunRef): void {
    this.#heardFrom.push(refOf(run));
  }

  /** The runs that say something of themselves from now on, and know better than a look that begins now. */
  listen(): readonly RunRef[] {
    this.#heardFrom = [];
    return this.#heardFrom;
  }

  /** Has the runs of agents looked for. Nothing is given to these agents until it is known who has their slots. */
  findRunsOf(agents: readonly { name: string }[]): void {
    const names = agents.map(({ name }) => name);
    beQuiet(this.pool, names);
    for (const name of names) this.toFind.add(name);
  }

  /** Keeps what was wrong with a signal; absent: the last one was right. */
  complain(signal: { name: string }, complaint?: Complaint): void {
    this.complaints = withComplaint(this.complaints, signal.name, complaint);
  }
}
