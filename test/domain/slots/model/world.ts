import type { VerdictKind } from '../../../../domain/attempt/verdict.ts';
import { unknownAgent } from '../../../../domain/slots/agent-slots.ts';
import { modelAnswered, release } from '../../../../domain/slots/give-back.ts';
import { nextDueMs } from '../../../../domain/slots/grant.ts';
import { type Grant, knownAgents, type PoolPolicy } from '../../../../domain/slots/pool.ts';
import type { Spent } from '../../../../domain/slots/tokens.ts';
import { HEARTBEAT_TIMEOUT_MS, poolPolicy, runOfTask, T, verdict } from '../../../support/pools.ts';
import { rankOfTask } from '../../../support/tasks.ts';
import { type Goose, Run } from './run.ts';
import { Semaphore } from './semaphore.ts';

/** On its way to a semaphore, or from it to a run. Messages overtake each other, except those of one run, which waits until each has arrived. */
export interface Message {
  to: string;
  arrive(semaphore: Semaphore): void;
  /** Its sender goes on. */
  sent?(): void;
  /** Whether a copy of it would still be taken for a message; absent: no copy is made. */
  mayComeTwice?(): boolean;
  /** What it brings to a run. */
  grant?: Grant;
  /** It is sent until it has arrived. */
  isSure?: boolean;
}

export interface Agent {
  name: string;
  limit: number;
  semaphore: string;
}

const ONE_DAY = { timeZone: 'UTC' };
/** All happens in one day, so that each attempt of it can be found in what is counted. */
const ZONES = [{ timeZone: 'UTC', days: [{ day: '2026-11-26', endsMs: T + 10 ** 12 }] }];

function note(of: Map<string, Set<number>>, { agent, fence }: Grant): void {
  of.set(agent, (of.get(agent) ?? new Set()).add(fence));
}

/** Of a lost worker, and now and then of another one, nobody can tell. */
function spentBy({ agent, fence }: Grant, said: VerdictKind | null): Spent {
  return { agent, tokens: said === 'worker-lost' || fence % 4 === 0 ? null : 1, recipe: agent };
}

/** Two pools, their agents, runs, hosts, the scheduler, a clock, and what is on its way between them. */
export class World {
  nowMs = T;
  readonly agents: Agent[] = [
    { name: 'ada', limit: 1, semaphore: 'pool-dev' },
    { name: 'bob', limit: 2, semaphore: 'pool-dev' },
    { name: 'dan', limit: 1, semaphore: 'pool-dev' },
    { name: 'eve', limit: 1, semaphore: 'pool-dev' },
    { name: 'cy', limit: 1, semaphore: 'pool-qa' },
  ];
  /** Tokens of each agent and of each pool; each attempt takes one. */
  budgets = { agent: 6, pool: 12 };
  /** By agent, the fences of what was granted, and of what began. */
  readonly granted = new Map<string, Set<number>>();
  readonly begun = new Map<string, Set<number>>();
  semaphores = ['pool-dev', 'pool-qa'].map((id) => new Semaphore(id, this.policyOf(id), null));
  mail: Message[] = [];
  /** Of messages that have arrived; they come late, or never. */
  copies: Message[] = [];
  readonly runs: Run[] = [];
  gooses: Goose[] = [];
  isConfiguring = false;
  /** Whatever ends then ends for that. */
  isModelDown = false;
  #lastRun = 0;

  /** A model that was down has taken three agents of the first pool, which is held for it. */
  holdFirstPool(): void {
    const { pool } = this.semaphore('pool-dev');
    for (const agent of ['ada', 'dan', 'eve']) {
      const run = runOfTask(99, `run-of-${agent}`);
      pool.holders.push({ ...run, agent, fence: 1, sinceMs: T });
      const said = verdict('model-unavailable');
      release(pool, { ...run, fence: 1, verdict: said, spent: 'nothing' }, T);
    }
  }

  semaphore(id: string): Semaphore {
    return this.semaphores.find((semaphore) => semaphore.id === id) as Semaphore;
  }

  openRun(taskId: number): Run | undefined {
    return this.runs.find((run) => run.isOpen && run.taskId === taskId);
  }

  gooseOf(run: Run): Goose | undefined {
    return this.gooses.find((goose) => goose.run === run && goose.endsAtMs === null);
  }

  // The scheduler.

  start(taskId: number, semaphore: string, wants: string | null, priority: number): void {
    this.passTime(1);
    this.#lastRun += 1;
    const ref = runOfTask(taskId, `run-${this.#lastRun}`);
    const run = new Run(ref, semaphore, wants, rankOfTask(taskId, { priority }), this.nowMs);
    this.runs.push(run);
    this.ask(run);
  }

  rankAnew(taskId: number, priority: number): void {
    this.passTime(1);
    const ranks = [rankOfTask(taskId, { priority })];
    const atMs = this.nowMs;
    for (const { id } of this.semaphores)
      this.mail.push({ to: id, arrive: (it) => it.onOrder(ranks, atMs), mayComeTwice: () => true });
  }

  /** Tells the pools what is configured now: first those that lose agents, since they give slots of these until then. */
  configure(): void {
    const wanted = this.semaphores.map(({ id, pool }) => {
      const policy = this.policyOf(id);
      const here = new Set(pool.policy.agents.map(({ name }) => name));
      const moved = policy.agents
        .filter(({ name }) => !here.has(name))
        .map(({ name }) => this.#known(name, id));
      return { id, policy, moved };
    });
    this.isConfiguring = true;
    const tell = ([first, ...rest]: typeof wanted): void => {
      if (first === undefined) {
        this.isConfiguring = false;
        return;
      }
      const { id, policy, moved } = first;
      this.mail.push({
        to: id,
        arrive: (it) => it.onConfigure(policy, moved),
        isSure: true,
        sent: () => tell(rest),
      });
    };
    tell(wanted.sort((a, b) => a.moved.length - b.moved.length));
  }

  #known(name: string, to: string) {
    const from = this.semaphores.find(
      ({ id, pool }) => id !== to && pool.policy.agents.some((it) => it.name === name),
    );
    const known = from && knownAgents(from.pool).find((agent) => agent.name === name);
    if (known?.tokens === undefined) return known ?? unknownAgent(name);
    const open = known.tokens.open.map((each) => ({ ...each, elsewhere: true as const }));
    return structuredClone({ ...known, tokens: { ...known.tokens, open } });
  }

  policyOf(id: string): PoolPolicy {
    const own = this.agents.filter((agent) => agent.semaphore === id);
    const policy = poolPolicy(Object.fromEntries(own.map(({ name, limit }) => [name, limit])));
    const agents = policy.agents.map((agent) => ({
      ...agent,
      budget: { ...ONE_DAY, tokensPerDay: this.budgets.agent },
    }));
    const budget = { ...ONE_DAY, tokensPerDay: this.budgets.pool };
    return { ...policy, agents, budget, zones: ZONES, coolDownMs: 5_000 };
  }

  // The runs and their hosts.

  ask(run: Run): void {
    run.phase = 'waiting';
    const { ref, rank, rankedAtMs, wants } = run;
    const asked = { ...ref, rank, rankedAtMs, wants };
    // It asks until it is sure that it was heard, and goes on only then.
    const mayComeTwice = () => run.isOpen && run.phase === 'waiting' && run.asksOnly;
    const arrive = (it: Semaphore) => it.onRequest(asked, this.nowMs);
    this.#send(run, { to: run.semaphore, arrive, mayComeTwice, isSure: true }, () => {});
    run.asksOnly = true;
  }

  /** The host's last look, and then goose, or nothing. */
  begin(run: Run): void {
    const grant = run.under as Grant;
    const { pool } = this.semaphore(run.semaphore);
    const agent = pool.agents.find(({ name }) => name === grant.agent);
    const isPaused = pool.paused || pool.schedulerPaused || agent?.paused;
    const isLost =
      grant.fence < pool.fencesFrom || !pool.policy.agents.some(({ name }) => name === grant.agent);
    if (isPaused || isLost) this.end(run, null, () => this.ask(run));
    else {
      run.beat = grant.fence;
      this.gooses.push({ run, grant, endsAtMs: null });
      run.hasBegun = true;
      note(this.begun, grant);
      run.attempts += 1;
    }
  }

  /** An attempt is over: the slot is given back, and whatever was granted to the run since. */
  end(run: Run, kind: VerdictKind | null, then: () => void): void {
    this.gooses = this.gooses.filter((goose) => goose.run !== run);
    run.lostAtMs = null;
    const complete = () => {
      Object.assign(run, { atAttempt: false, beat: undefined, completes: undefined, sends: false });
      then();
    };
    if (kind !== 'worker-lost') this.giveBack(run, kind, () => this.#completeLater(run, complete));
    else {
      Object.assign(run, { atAttempt: false, beat: undefined });
      this.giveBack(run, kind, complete);
    }
  }

  /** Its host has given the slot back, and its workflow hears later that the attempt is over. */
  #completeLater(run: Run, complete: () => void): void {
    run.sends = true;
    run.completes = complete;
  }

  giveBack(run: Run, kind: VerdictKind | null, then: () => void): void {
    const grants = [...(run.under === null ? [] : [run.under]), ...run.grants.splice(0)];
    const { under } = run;
    run.under = null;
    run.usedUp = Math.max(run.usedUp, ...grants.map(({ fence }) => fence));
    run.fence = Math.max(run.fence, run.usedUp);
    const fences = grants.length === 0 ? [null] : grants.map(({ fence }) => fence);
    const release = ([fence, ...rest]: (number | null)[], said: VerdictKind | null): void => {
      if (fence === undefined) then();
      else {
        const didRun = run.hasBegun && fence !== null && fence === under?.fence;
        const spent = didRun ? spentBy(under, said) : ('nothing' as const);
        const content = { ...run.ref, fence, verdict: said && verdict(said), spent };
        const arrive = (it: Semaphore) => it.onRelease(content, this.nowMs);
        if (didRun) this.#tellOtherPool(run, under, { said, arrive });
        this.#send(run, { to: run.semaphore, arrive, mayComeTwice: () => true }, () => release(rest, null));
      }
    };
    release(fences, kind);
  }

  /** The agent may be of another pool by now, to which its host speaks too. */
  #tellOtherPool(
    run: Run,
    { agent, fence }: Grant,
    { said, arrive }: Pick<Message, 'arrive'> & { said: VerdictKind | null },
  ): void {
    const now = this.agents.find(({ name }) => name === agent)?.semaphore ?? run.semaphore;
    if (now === run.semaphore) return;
    if (said !== 'worker-lost') this.mail.push({ to: now, arrive, isSure: true });
    // Nobody tells the other pool of one whose host is lost, unless it has found the run.
    else this.begun.get(agent)?.delete(fence);
  }

  #send(run: Run, message: Message, then: () => void): void {
    run.sends = true;
    run.asksOnly = false;
    const goOn = () => {
      run.sends = false;
      if (run.isOpen) then();
    };
    this.mail.push({ ...message, sent: goOn });
  }

  /** From outside: its host notices within the heartbeat timeout. */
  close(run: Run): void {
    run.closedAtMs = this.nowMs;
    for (const goose of this.gooses)
      if (goose.run === run)
        goose.endsAtMs = Math.min(goose.endsAtMs ?? Infinity, this.nowMs + HEARTBEAT_TIMEOUT_MS);
  }

  /** In a reset run the history of the one before it is played again. */
  reset(run: Run): void {
    this.close(run);
    this.#lastRun += 1;
    const ref = runOfTask(run.taskId, `run-${this.#lastRun}`);
    const next = new Run(ref, run.semaphore, run.wants, run.rank, run.rankedAtMs);
    this.runs.push(next);
    // One that was in line has asked, it believes.
    if (run.phase !== 'waiting' || run.sends || run.grants.length > 0) this.ask(next);
  }

  killHost(goose: Goose): void {
    goose.endsAtMs = goose.run.lostAtMs = this.nowMs + HEARTBEAT_TIMEOUT_MS;
  }

  /** Whoever was left of an attempt is ended before its time, and its host says so. */
  endEarly(goose: Goose): void {
    this.gooses = this.gooses.filter((each) => each !== goose);
    const gone = { ...goose.run.ref, fence: goose.grant.fence };
    this.mail.push({
      to: goose.run.semaphore,
      arrive: (it) => it.onProcessesGone(gone),
      mayComeTwice: () => true,
    });
  }

  modelAnswers({ run, grant }: Goose): void {
    const answered = { ...run.ref, fence: grant.fence };
    this.mail.push({
      to: run.semaphore,
      arrive: (it) => modelAnswered(it.pool, answered, this.nowMs),
      mayComeTwice: () => true,
    });
  }

  // Time, the mail, and the semaphores.

  passTime(ms: number): void {
    this.nowMs += ms;
    this.gooses = this.gooses.filter(({ endsAtMs }) => endsAtMs === null || this.nowMs < endsAtMs);
    for (const run of this.runs)
      if (run.isOpen && run.lostAtMs !== null && this.nowMs >= run.lostAtMs)
        this.end(run, 'worker-lost', () => this.ask(run));
  }

  /** When a semaphore or a host will do something by time alone; null: nothing is due. */
  get nextDueMs(): number | null {
    const dues = [
      ...this.semaphores.flatMap(({ pool, secondLook }) => [nextDueMs(pool, this.nowMs), secondLook?.atMs]),
      ...this.gooses.map(({ endsAtMs }) => endsAtMs),
      ...this.runs.map(({ isOpen, lostAtMs }) => (isOpen ? lostAtMs : null)),
    ];
    const times = dues.filter((dueMs): dueMs is number => typeof dueMs === 'number' && dueMs > this.nowMs);
    return times.length === 0 ? null : Math.min(...times);
  }

  deliver(message: Message, isCopied: boolean): void {
    this.mail = this.mail.filter((each) => each !== message);
    message.arrive(this.semaphore(message.to));
    message.sent?.();
    if (isCopied && message.mayComeTwice?.()) this.copies.push(message);
  }

  deliverCopy(copy: Message): void {
    this.copies = this.copies.filter((each) => each !== copy);
    if (copy.mayComeTwice?.()) copy.arrive(this.semaphore(copy.to));
  }

  /** `loses`: what is on its way to it is lost as well. */
  loseState(id: string, loses: boolean): void {
    this.semaphores = this.semaphores.map((old) =>
      old.id === id
        ? new Semaphore(
            id,
            this.policyOf(id),
            this.nowMs,
            { ...old.memo, hold: old.pool.breaker?.hold },
            old.pool.fencesFrom,
          )
        : old,
    );
    for (const run of this.runs) run.unseenBy.delete(id);
    if (!loses) return;
    const lost = this.mail.filter((message) => message.to === id && !message.isSure);
    this.mail = this.mail.filter((message) => !lost.includes(message));
    for (const { sent } of lost) sent?.();
  }

  /** @param again a copy of one that was sent; nobody is told where it did not arrive */
  sendGrant(from: Semaphore, grant: Grant, again: boolean): void {
    // A semaphore waits until what it has granted has arrived.
    const isIt = ({ grant: other }: Message) => other?.fence === grant.fence && other.runId === grant.runId;
    if (again && this.mail.some(isIt)) return;
    const run = this.runs.find(({ ref }) => ref.runId === grant.runId) as Run;
    let isFirst = !again;
    note(this.granted, grant);
    const arrive = (it: Semaphore) => {
      if (run.isOpen) run.hear(grant);
      else if (isFirst) this.#takeBack(it, run, grant);
      isFirst = false;
    };
    this.mail.push({ to: from.id, arrive, grant, mayComeTwice: () => true });
  }

  #takeBack(semaphore: Semaphore, { ref, taskId }: Run, { fence }: Grant): void {
    semaphore.onRelease({ ...ref, fence, verdict: null, spent: 'nothing' }, this.nowMs);
    const next = this.openRun(taskId);
    if (next?.phase === 'waiting' && !next.sends) this.ask(next);
  }
}
