import { VERDICT_KINDS, type Verdict } from '../domain/attempt/verdict.ts';
import type { Budget } from '../domain/budget.ts';
import { cut } from '../domain/cut.ts';
import { nameProblem, parseTaskId } from '../domain/names.ts';
import type { PoolKnown } from '../domain/plan/agent-line.ts';
import type { Rank } from '../domain/rank.ts';
import { RULE_BOUNDS, type RunRules } from '../domain/run-rules.ts';
import type { AgentPolicy, KnownOfAgent } from '../domain/slots/agent-slots.ts';
import type { Hold } from '../domain/slots/breaker.ts';
import type { Release } from '../domain/slots/give-back.ts';
import type { Health, Unwell } from '../domain/slots/health.ts';
import type { Request } from '../domain/slots/line.ts';
import type { Grant, PoolPolicy } from '../domain/slots/pool.ts';
import type { RunRef } from '../domain/slots/run-ref.ts';
import type { AgentTokens, Ledger, ZoneDays } from '../domain/slots/tokens.ts';
import * as is from './shape.ts';
import { type Shape, WrongShape } from './shape.ts';
import { AGENT_TOKENS, BUDGET, LEDGER, SPENT, ZONE_DAYS } from './token-shapes.ts';

// What is in each message. Whatever passes here can be kept, planned with and sent on. Ids of workflows are among it: the
// server ends a workflow that signals to an id that cannot be one.

export const MOST_SLOTS = 1_000;
const TASK_ID = 10 ** 15 - 1;
/** A name of TinyTask's, or a time of its: tinytask/short-name.ts. */
const NAME_CHARS = 256;
/** The last moment of a Date. */
const LAST_MS = 8_640_000_000_000_000;
/** A century. What is added to now stays a time. */
const LONGEST_MS = 100 * 366 * 86_400_000;
const MOST = 1_000_000_000;

export interface RunChanged {
  taskId: number;
  /** What it is from now on: see OpenRun. */
  state: 'active' | 'backing-off' | 'parked' | 'ended';
  /** Whom TinyTask names while the run has its task. */
  agent: string | null;
  /** Pool and agent of a task that a claim of ours has assigned: it may go to another agent of the pool. */
  pool?: { pool: string; agent: string };
}

export interface PoolChanged extends PoolKnown {
  /** Workflow id. */
  semaphore: string;
  /** The semaphore was started anew, and knows only the ranks with which its runs were started. */
  orderLost?: true | undefined;
}

export interface Order {
  /** When the survey that found the ranks began, in milliseconds since the epoch. */
  atMs: number;
  /** Those that have changed. */
  ranks: Rank[];
  /** Of runs that are being started now. */
  expected: { rank: Rank; wants: string | null }[];
  /** How long slots are kept for these at most; absent: a second, as the versions did that did not say so. */
  expectedForMs?: number;
  /** Of tasks whose runs were expected and were not started after all; absent: of none. */
  notComing?: number[];
}

export interface StopAttempt extends RunRef {
  /** Of its grant; null: the one that it has, whatever its fence. */
  fence: number | null;
  /** A clause for people. */
  why: string;
}

export interface Configuration {
  policy: PoolPolicy;
  /** Agents that come from another pool, where they may still hold slots, and what was known of them there. */
  moved: KnownOfAgent[];
}

const taskId = is.wholeNumber(1, TASK_ID);
const agent = is.text('the name of an agent', (name) => nameProblem(name) === undefined);
const name = is.text(`a name of at most ${NAME_CHARS} characters`, (value) => value.length <= NAME_CHARS);
const sentence: Shape<string> = (value) => cut(is.text('a text', () => true)(value));
const duration = is.number(0, LONGEST_MS);
const limit = is.wholeNumber(0, MOST_SLOTS);
const fence = is.wholeNumber(0, LAST_MS);

const runRef = {
  workflowId: is.text('the workflow id of a task', (id) => /^task-[1-9][0-9]{0,14}$/.test(id)),
  runId: is.text('a run id', (id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)),
};

const rank = is.object<Rank>({
  first: is.boolean,
  dependents: is.wholeNumber(0),
  priority: is.number(-Number.MAX_VALUE, Number.MAX_VALUE),
  createdAt: name,
  id: taskId,
});

const verdict = is.object<Verdict>({
  kind: is.oneOf(...VERDICT_KINDS),
  reason: sentence,
});

const unwell = is.object<Unwell>({
  state: is.oneOf('cooling-down', 'misconfigured'),
  reason: sentence,
  untilMs: is.number(0, LAST_MS),
  times: is.wholeNumber(0, MOST),
  probing: is.absentOr(is.oneOf(true)) as Shape<true>,
});

const health: Shape<Health> = is.either(is.object<{ state: 'well' }>({ state: is.oneOf('well') }), unwell);

const STATES: Record<RunChanged['state'], true> = {
  active: true,
  'backing-off': true,
  parked: true,
  ended: true,
};

/** More agents and more ranks than one message has. */
const MANY = 10_000;

const knownOfAgent = is.object<KnownOfAgent>({
  name: agent,
  limitByHand: is.orNull(limit),
  paused: is.boolean,
  health,
  quiet: is.boolean,
  stopped: is.absentOr(is.oneOf(true)) as Shape<true>,
  tokens: is.absentOr(AGENT_TOKENS) as Shape<AgentTokens>,
});
const someText = (most: number) =>
  is.text(`a text of at most ${most} characters`, (value) => value.length <= most);
const rules = is.object<RunRules>({
  maxRuntimeMs: is.absentOr(duration) as Shape<number>,
  stallMs: is.absentOr(duration) as Shape<number>,
  maxAttempts: is.absentOr(
    is.wholeNumber(RULE_BOUNDS.maxAttempts.min, RULE_BOUNDS.maxAttempts.max),
  ) as Shape<number>,
  maxTokens: is.absentOr(is.wholeNumber(0, RULE_BOUNDS.maxTokens.max)) as Shape<number>,
  env: is.absentOr(is.list(someText(RULE_BOUNDS.env.chars), RULE_BOUNDS.env.most)) as Shape<string[]>,
  launchPrefix: is.absentOr(
    is.list(someText(RULE_BOUNDS.launchPrefix.chars), RULE_BOUNDS.launchPrefix.most),
  ) as Shape<string[]>,
  completion: is.absentOr(is.oneOf('on-success', 'agent')) as Shape<NonNullable<RunRules['completion']>>,
  verify: is.absentOr(
    is.object<NonNullable<RunRules['verify']>>({
      command: is.list(someText(RULE_BOUNDS.verify.chars), RULE_BOUNDS.verify.most),
      maxRuntimeSec: is.wholeNumber(
        RULE_BOUNDS.verify.maxRuntimeSec.min,
        RULE_BOUNDS.verify.maxRuntimeSec.max,
      ),
    }),
  ) as Shape<NonNullable<RunRules['verify']>>,
});
const rulesOrNone = is.absentOr(rules) as Shape<RunRules>;
const budget = is.absentOr(BUDGET) as Shape<Budget>;
const agentPolicy = is.object<AgentPolicy>({
  ...{ name: agent, limit, gooseQueue: name },
  ...{ rules: rulesOrNone, budget },
});
const hold = is.object<Hold>({
  state: is.oneOf('cooling-down', 'misconfigured'),
  reason: sentence,
  sinceMs: is.number(0, LAST_MS),
  untilMs: is.number(0, LAST_MS),
  times: is.wholeNumber(0, MOST),
  agents: is.list(agent, MANY),
  canary: is.absentOr(
    is.object<NonNullable<Hold['canary']>>({ ...runRef, untilMs: is.number(0, LAST_MS) }),
  ) as Shape<NonNullable<Hold['canary']>>,
});
const policy = is.object<PoolPolicy>({
  agents: is.list(agentPolicy, MANY),
  heartbeatTimeoutMs: duration,
  coolDownMs: duration,
  coolDownMaxMs: duration,
  passIntervalMs: duration,
  budget,
  zones: is.absentOr(is.list(ZONE_DAYS, MANY)) as Shape<ZoneDays[]>,
});
const time = is.number(0, LAST_MS);

export const SLOT_REQUEST: Shape<Request> = is.object<Request>({
  ...runRef,
  rank,
  rankedAtMs: time,
  wants: is.orNull(agent),
  recipe: is.absentOr(name),
});
export const SLOT_RELEASE: Shape<Release> = is.object<Release>({
  ...runRef,
  fence: is.orNull(fence),
  verdict: is.orNull(verdict),
  spent: SPENT,
});
export const GRANT: Shape<Grant> = is.object<Grant>({
  ...runRef,
  fence,
  agent,
  gooseQueue: name,
  probe: is.boolean,
  rules: rulesOrNone,
});
export const OF_GRANT: Shape<RunRef & { fence: number }> = is.object<RunRef & { fence: number }>({
  ...runRef,
  fence,
});
export const ORDER: Shape<Order> = is.object<Order>({
  atMs: time,
  ranks: is.list(rank, MANY),
  expected: is.list(is.object<Order['expected'][number]>({ rank, wants: is.orNull(agent) }), MANY),
  expectedForMs: is.absentOr(is.number(0, 60_000)) as Shape<number>,
  notComing: is.absentOr(is.list(taskId, MANY)) as Shape<number[]>,
});
export const CONFIGURATION: Shape<Configuration> = is.object<Configuration>({
  policy,
  moved: is.list(knownOfAgent, MANY),
});
export const CLAUSE: Shape<string> = sentence;
export const STOP_ATTEMPT: Shape<StopAttempt> = is.object<StopAttempt>({
  ...runRef,
  fence: is.orNull(fence),
  why: sentence,
});
export const AGENTS: Shape<string[]> = is.list(agent, MANY);
export const RUN_CHANGED: Shape<RunChanged> = is.object<RunChanged>({
  taskId,
  state: is.oneOf(...(Object.keys(STATES) as RunChanged['state'][])),
  agent: is.orNull(agent),
  pool: is.absentOr(is.object<{ pool: string; agent: string }>({ pool: name, agent })) as Shape<{
    pool: string;
    agent: string;
  }>,
});
export const POOL_CHANGED: Shape<PoolChanged> = is.object<PoolChanged>({
  semaphore: is.text(
    'the workflow id of a semaphore',
    (id) => /^(pool|agent)-/.test(id) && id.length <= NAME_CHARS,
  ),
  paused: is.boolean,
  stopped: is.absentOr(is.oneOf(true)) as Shape<true>,
  hold: is.absentOr(hold) as Shape<Hold>,
  agents: is.list(knownOfAgent, MANY),
  tokens: is.absentOr(LEDGER) as Shape<Ledger>,
  orderLost: is.absentOr(is.oneOf(true)) as Shape<true>,
});
export const PASS: Shape<{ once: boolean }> = is.object<{ once: boolean }>({ once: is.boolean });
export const YES_OR_NO: Shape<boolean> = is.boolean;

/** As people type it: `42` or `"42"`. */
export const TASK_ID_BY_HAND: Shape<number> = (value) => {
  const id = parseTaskId(value);
  if (id === undefined) throw new WrongShape('must be the number of a task');
  return id;
};
export const TASK_ID_OR_NONE: Shape<number | undefined> = is.absentOr(TASK_ID_BY_HAND);
/** `null` or `"configured"`: what the configuration says. */
export const LIMIT_BY_HAND: Shape<number | null> = (value) => {
  if (value === null || value === 'configured') return null;
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^[0-9]{1,4}$/.test(value));
  const slots = isNumber ? Number(value) : Number.NaN;
  if (!Number.isInteger(slots) || slots < 0 || slots > MOST_SLOTS)
    throw new WrongShape(`must be a whole number of slots from 0 to ${MOST_SLOTS}`);
  return slots;
};

/** `dev-1`, as people type it, or nothing; `null` keeps the place of nothing before a note. */
export const AGENT_OR_NONE: Shape<string | undefined> = (value) =>
  value === undefined || value === null ? undefined : agent(value);
