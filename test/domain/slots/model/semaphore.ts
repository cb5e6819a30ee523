import type { Rank } from '../../../../domain/rank.ts';
import { type KnownOfAgent, unknownAgent } from '../../../../domain/slots/agent-slots.ts';
import { agentsLeft, type Hold } from '../../../../domain/slots/breaker.ts';
import { rollDays, settleUnfound } from '../../../../domain/slots/budget.ts';
import { foundClosed, processesGone, release, tryAgain } from '../../../../domain/slots/give-back.ts';
import { grantDue, hasPredecessor } from '../../../../domain/slots/grant.ts';
import { type Request, reorder, request } from '../../../../domain/slots/line.ts';
import {
  agentOf,
  beQuiet,
  configure,
  endQuiet,
  firstFenceAfter,
  type Grant,
  type Holder,
  newPool,
  type Pool,
  type PoolPolicy,
} from '../../../../domain/slots/pool.ts';
import { foundHolder, foundWaiter } from '../../../../domain/slots/rebuild.ts';
import { isSameRun, type RunRef } from '../../../../domain/slots/run-ref.ts';
import { LastLooks } from './last-looks.ts';
import type { Run } from './run.ts';

/** What the server knows of the runs, for a semaphore that asks it. */
export interface Server {
  readonly nowMs: number;
  readonly runs: readonly Run[];
}

/** Something that a semaphore asks the server. The answer is read at one moment, and comes at a later one. */
interface Question {
  about: 'runs' | 'holders';
  agents: string[];
  holders: Holder[];
  /** Not all that it asks for is in the list yet; a second look will find it. */
  isFirst?: boolean;
  answer?: (() => void) | undefined;
}

/** As in workflows/pool/looks.ts. */
const JUST_GRANTED_MS = 60_000;
const ONCE_MORE_MS = 5_000;

/** Does with a pool what its workflow does (workflows/pool/semaphore.ts), one message or answer at a time. */
export class Semaphore {
  pool: Pool;
  question: Question | null = null;
  toFind: string[] = [];
  secondLook: { agents: string[]; atMs: number } | null = null;
  lookDue = false;
  again: Grant[] = [];
  heard: RunRef[] = [];
  readonly looks = new LastLooks();

  /** What it has written down of the budgets, together with its last grants. */
  memo: Pick<Pool, 'agents' | 'tokens'>;

  constructor(
    readonly id: string,
    policy: PoolPolicy,
    /** When it was started after it had lost its state; null: it is the first of its id. */
    startedAnewMs: number | null,
    /** From the memo of the one before. */
    before: Pick<Pool, 'agents' | 'tokens'> & { hold?: Hold | undefined } = { agents: [] },
    fencesBefore?: number,
  ) {
    // What else is known of agents is lost in this model.
    const known = before.agents.flatMap(({ name, tokens }) =>
      tokens ? [{ ...unknownAgent(name), tokens }] : [],
    );
    this.pool = newPool(policy, false, known);
    if (before.tokens) this.pool.tokens = before.tokens;
    this.memo = before;
    const { hold } = before;
    this.pool.breaker = { troubles: [], ...(hold && { hold }) };
    agentsLeft(this.pool);
    if (startedAnewMs !== null) this.find(policy.agents.map(({ name }) => name));
    this.pool.fencesFrom = startedAnewMs === null ? 0 : firstFenceAfter(fencesBefore, startedAnewMs);
  }

  /** Nothing is given to them before it is known who has their slots. */
  private find(names: string[]): void {
    beQuiet(this.pool, names);
    this.toFind.push(...names);
  }

  onRequest(asked: Request, nowMs: number): void {
    this.heard.push(asked);
    rollDays(this.pool, nowMs);
    if (hasPredecessor(this.pool, asked)) this.lookDue = true;
    const got = request(this.pool, asked, nowMs);
    if (got.length === 0) this.looks.asked(asked);
    this.again.push(...got);
  }

  onRelease(run: Parameters<typeof release>[1], nowMs: number): void {
    this.heard.push(run);
    release(this.pool, run, nowMs);
  }

  onProcessesGone(run: RunRef & { fence: number }): void {
    this.heard.push(run);
    processesGone(this.pool, run);
  }

  onConfigure(policy: PoolPolicy, moved: KnownOfAgent[]): void {
    const arrived = moved.filter(({ name }) => (agentOf(this.pool, name)?.limit ?? null) === null);
    configure(this.pool, policy, arrived);
    this.find(arrived.map(({ name }) => name));
  }

  onOrder(ranks: readonly Rank[], atMs: number): void {
    this.looks.told(ranks, atMs);
    reorder(this.pool, ranks, atMs);
  }

  resume(nowMs: number): void {
    this.pool.paused = false;
    tryAgain(
      this.pool,
      this.pool.agents.map(({ name }) => name),
      nowMs,
    );
  }

  /** Asks the server, if there is something to ask, and beside that grants what is due. */
  goOn({ nowMs }: Server): { again: Grant[]; granted: Grant[] } {
    // Nothing in it is lost on the way to the next run of the workflow.
    this.pool = JSON.parse(JSON.stringify(this.pool));
    this.question ??= this.nextQuestion(nowMs);
    const granted = grantDue(this.pool, nowMs);
    this.memo = structuredClone({
      agents: this.pool.agents,
      ...(this.pool.tokens && { tokens: this.pool.tokens }),
    });
    const isHeld = (grant: Grant) =>
      this.pool.holders.some((holder) => isSameRun(holder, grant) && holder.fence === grant.fence);
    return { again: this.again.splice(0).filter(isHeld), granted };
  }

  private nextQuestion(nowMs: number): Question | null {
    this.heard = [];
    if (this.toFind.length > 0)
      return { about: 'runs', agents: this.toFind.splice(0), holders: [], isFirst: true };
    if (this.secondLook !== null && nowMs >= this.secondLook.atMs) {
      const { agents } = this.secondLook;
      this.secondLook = null;
      return { about: 'runs', agents, holders: [] };
    }
    return this.lookDue ? this.askOfHolders([]) : null;
  }

  private askOfHolders(agents: string[]): Question {
    this.lookDue = false;
    return { about: 'holders', agents, holders: this.pool.holders.map((holder) => ({ ...holder })) };
  }

  /** The answer is read, or, when it has been, it comes. `unseen`: runs that the server's list does not show yet. */
  answer(server: Server, unseen: (run: Run) => boolean): void {
    const { question } = this;
    if (question === null) return;
    if (question.answer === undefined) {
      // The second look comes so late that the list shows everything.
      if (question.about === 'runs')
        for (const run of server.runs)
          if (question.isFirst && run.isOpen && unseen(run)) run.unseenBy.add(this.id);
          else run.unseenBy.delete(this.id);
      question.answer = question.about === 'runs' ? this.findRuns(server) : this.lookAtHolders(server);
      return;
    }
    question.answer();
    const { about, agents, isFirst } = question;
    this.heard = [];
    this.question = about === 'runs' && !isFirst ? this.askOfHolders(agents) : null;
    if (isFirst) this.lookLater(agents, server.nowMs);
    if (about === 'holders') settleUnfound(this.pool, agents);
    if (about === 'holders')
      endQuiet(
        this.pool,
        agents.filter((name) => !this.toFind.includes(name)),
      );
  }

  private lookLater(agents: string[], nowMs: number): void {
    const atMs = nowMs + this.pool.policy.heartbeatTimeoutMs;
    this.secondLook = { agents: [...(this.secondLook?.agents ?? []), ...agents], atMs };
  }

  private findRuns({ runs, nowMs: sinceMs }: Server): () => void {
    const { agents = [], isFirst } = this.question ?? {};
    const found = runs
      .filter((run) => run.isOpen && !run.unseenBy.has(this.id))
      .map((run) => ({
        run,
        phase: run.phase,
        agent: run.agent,
        isAtAttempt: run.atAttempt,
        fence: run.beat,
      }));
    return () => {
      for (const { run, phase, agent, isAtAttempt, fence } of found) {
        if (phase === 'running' && isAtAttempt && agent !== null && agents.includes(agent))
          foundHolder(this.pool, { ...run.ref, agent, fence, sinceMs }, this.heard);
        else if (phase === 'waiting' && run.semaphore === this.id) {
          const { rank, rankedAtMs, wants } = run;
          const heard = [...this.heard, ...this.pool.waiters, ...this.pool.holders];
          if (!heard.some((other) => isSameRun(other, run.ref))) this.looks.asked(run);
          const isInDoubt = foundWaiter(
            this.pool,
            { ...run.ref, rank, rankedAtMs, wants, sinceMs },
            this.heard,
          );
          if (isInDoubt && !isFirst) this.secondLook = { agents: [], atMs: sinceMs + ONCE_MORE_MS };
        }
      }
    };
  }

  private lookAtHolders({ runs, nowMs }: Server): () => void {
    const seen = (this.question as Question).holders.map((holder) => {
      const run = runs.find(({ ref }) => isSameRun(ref, holder));
      const mayHold = run?.atAttempt || run?.phase === 'waiting';
      return { holder, closedAtMs: run?.closedAtMs ?? null, mayHold };
    });
    return () => {
      for (const { holder, closedAtMs, mayHold } of seen) {
        if (closedAtMs !== null) foundClosed(this.pool, { ...holder, closedAtMs });
        else if (
          !mayHold &&
          !this.heard.some((run) => isSameRun(run, holder)) &&
          nowMs - holder.sinceMs >= JUST_GRANTED_MS
        )
          release(this.pool, { ...holder, fence: null, verdict: null }, 0);
      }
    };
  }
}
