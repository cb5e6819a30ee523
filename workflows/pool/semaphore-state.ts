import { setHandler } from '@temporalio/workflow';
import { type Complaint, complaintAbout, withComplaint } from '../../contract/complaint.ts';
import {
  configure,
  lookAtHolders,
  modelAnswered,
  order,
  pause,
  processesGone,
  releaseSlot,
  requestSlot,
  resume,
  schedulerPaused,
  semaphoreStatus,
  setLimit,
  tryAgainNow,
} from '../../contract/messages.ts';
import type { SecondLook, SemaphoreInput } from '../../contract/semaphore-input.ts';
import { semaphoreName } from '../../domain/semaphore-id.ts';
import type { AgentSlots } from '../../domain/slots/agent-slots.ts';
import {
  modelAnswered as agentWorks,
  processesGone as freeSlot,
  release,
  tryAgain,
} from '../../domain/slots/give-back.ts';
import { hasPredecessor } from '../../domain/slots/grant.ts';
import { expectRuns, reorder, request } from '../../domain/slots/line.ts';
import {
  agentOf,
  beQuiet,
  configure as configurePool,
  type Grant,
  newPool,
  type Pool,
} from '../../domain/slots/pool.ts';
import { type RunRef, refOf } from '../../domain/slots/run-ref.ts';
import { heed } from '../sdk/heed.ts';

/** State and messages of a semaphore. Handlers only record; the loop looks at what they recorded. */
export class SemaphoreState {
  readonly semaphore: string;
  readonly pool: Pool;
  complaints: Complaint[];
  /** Something was recorded, or is due. */
  work = true;
  lookDue = false;
  /** Grants to send again, since the first may be lost. */
  readonly resend: Grant[] = [];
  /** Agents whose runs have to be looked for. */
  readonly toFind: Set<string>;
  secondLook: SecondLook | null;
  /** When the holders were looked at last, in milliseconds since the epoch. */
  lookedAtMs: number;
  /** Runs that have said something of themselves since a look began. */
  #heardFrom: RunRef[] = [];

  constructor(input: SemaphoreInput) {
    const { semaphore, policy, moved, before, fresh, carried } = input;
    this.semaphore = semaphore;
    const known = [...moved, ...(before?.agents ?? [])];
    this.pool = carried?.pool ?? newPool(policy, input.schedulerPaused, known);
    this.complaints = carried?.complaints ?? [];
    this.secondLook = carried?.secondLook ?? null;
    this.lookedAtMs = carried?.lookedAtMs ?? Date.now();
    this.toFind = new Set();
    if (carried === undefined) {
      this.pool.paused = before?.paused ?? false;
      if (!fresh) this.pool.fencesFrom = Date.now();
      this.#find(fresh ? moved : this.pool.agents);
    }
    this.#fromRuns();
    this.#fromScheduler();
    this.#fromPeople();
    setHandler(semaphoreStatus, () => this.pool);
  }

  /** Nothing would be lost if the run ended now: what is recorded in the pool goes along. */
  get isAtRest(): boolean {
    return this.resend.length === 0 && !this.lookDue && this.toFind.size === 0;
  }

  /** The runs that say something of themselves from now on, and know better than a look that began before. */
  listen(): readonly RunRef[] {
    this.#heardFrom = [];
    return this.#heardFrom;
  }

  /** Nothing is given to them before it is known who has their slots. */
  #find(agents: readonly { name: string }[]): void {
    const names = agents.map(({ name }) => name);
    beQuiet(this.pool, names);
    for (const name of names) this.toFind.add(name);
  }

  #record(change: () => void): void {
    change();
    this.work = true;
  }

  #fromRuns(): void {
    heed(requestSlot, (asked) =>
      this.#record(() => {
        this.#heardFrom.push(refOf(asked));
        // A run that was reset asks before anybody has noticed that the run before it is closed.
        if (hasPredecessor(this.pool, asked)) this.lookDue = true;
        this.resend.push(...request(this.pool, asked, Date.now()));
      }),
    );
    heed(releaseSlot, (run) =>
      this.#record(() => {
        this.#heardFrom.push(refOf(run));
        release(this.pool, run, Date.now());
      }),
    );
    heed(processesGone, (run) =>
      this.#record(() => {
        this.#heardFrom.push(refOf(run));
        freeSlot(this.pool, run);
      }),
    );
    heed(modelAnswered, (run) => this.#record(() => agentWorks(this.pool, run)));
  }

  #fromScheduler(): void {
    heed(configure, ({ policy, moved }) =>
      this.#record(() => {
        // Asked again, it is no move.
        const arrived = moved.filter(({ name }) => (agentOf(this.pool, name)?.limit ?? null) === null);
        configurePool(this.pool, policy, arrived);
        this.#find(arrived);
      }),
    );
    heed(order, ({ ranks, expected, atMs }) =>
      this.#record(() => {
        reorder(this.pool, ranks, atMs);
        expectRuns(this.pool, expected, Date.now());
      }),
    );
    heed(schedulerPaused, (held) =>
      this.#record(() => {
        this.pool.schedulerPaused = held;
      }),
    );
    heed(tryAgainNow, (names) => this.#record(() => tryAgain(this.pool, names, Date.now())));
    heed(lookAtHolders, () =>
      this.#record(() => {
        this.lookDue = true;
      }),
    );
  }

  #fromPeople(): void {
    const about = (signal: { name: string }) => (content: unknown, problem: string) =>
      this.#record(() => {
        const complaint = complaintAbout(
          { signal: signal.name, to: this.#title, content, problem },
          Date.now(),
        );
        this.complaints = withComplaint(this.complaints, signal.name, complaint);
      });
    const done = (signal: { name: string }, change: () => void) =>
      this.#record(() => {
        change();
        this.complaints = withComplaint(this.complaints, signal.name);
      });
    heed(
      pause,
      (given) =>
        this.#onAgent(given, about(pause), (agent) =>
          done(pause, () => {
            (agent ?? this.pool).paused = true;
          }),
        ),
      about(pause),
    );
    heed(
      resume,
      (given) =>
        this.#onAgent(given, about(resume), (agent) =>
          done(resume, () => {
            (agent ?? this.pool).paused = false;
            tryAgain(this.pool, agent ? [agent.name] : this.#names, Date.now());
          }),
        ),
      about(resume),
    );
    heed(
      setLimit,
      (limit, given) =>
        this.#onAgent(given, about(setLimit), (agent) =>
          done(setLimit, () => {
            for (const each of agent ? [agent] : this.pool.agents) each.limitByHand = limit;
          }),
        ),
      about(setLimit),
    );
  }

  /** Undefined where all of the pool is meant. An agent without a pool need not be named. */
  #onAgent(
    given: string | undefined,
    onWrong: (content: unknown, problem: string) => void,
    act: (agent: AgentSlots | undefined) => void,
  ): void {
    const name = semaphoreName(this.semaphore);
    const named = given ?? ('agent' in name ? name.agent : undefined);
    const agent = named === undefined ? undefined : agentOf(this.pool, named);
    if (named !== undefined && agent === undefined) {
      const there = this.#names.slice(0, 20).join(', ') || 'none';
      onWrong(given, `has no agent of this name (its agents: ${there})`);
    } else act(agent);
  }

  get #names(): string[] {
    return this.pool.agents.map((agent) => agent.name);
  }

  get #title(): string {
    const name = semaphoreName(this.semaphore);
    return 'queue' in name ? `pool ${name.queue}` : `agent ${name.agent}`;
  }
}
