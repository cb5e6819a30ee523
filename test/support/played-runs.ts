import type { Client, WorkflowHandle } from '@temporalio/client';
import type { GooseActivities, GooseInput, Settled, SettleInput } from '../../contract/activities.ts';
import { MAIN_QUEUE, SCHEDULER_ID, taskWorkflowId } from '../../contract/ids.ts';
import type {
  AttemptResult,
  Phase,
  RunInput,
  RunResult,
  RunSettings,
  RunStatus,
} from '../../contract/run.ts';
import { RUN_TASK } from '../../contract/workflows.ts';
import { followOutcome, NO_PAST } from '../../domain/attempt/follow.ts';
import type { Outcome } from '../../domain/attempt/settle.ts';
import type { VerdictKind } from '../../domain/attempt/verdict.ts';
import { poolId } from '../../domain/semaphore-id.ts';
import type { Request } from '../../domain/slots/line.ts';
import type { Grant } from '../../domain/slots/pool.ts';
import { eventually } from './eventually.ts';
import { resetTask } from './reset.ts';
import { type Received, received, standIn } from './stand-ins.ts';
import { MADE_AT, rankOfTask } from './tasks.ts';

/** What a goose host answers for an attempt that claimed its task. */
export function attemptResult(kind: VerdictKind, change: Partial<AttemptResult> = {}): AttemptResult {
  return {
    verdict: { kind, reason: 'as the test has it' },
    ...{ claimed: true, log: null, host: 'box', seconds: 1, turns: 1, tokens: null },
    ...change,
  };
}

/** A run whose activities the test plays: what it asked of them, and what they answer. */
export class PlayedRun {
  readonly asked: Request[] = [];
  readonly attempts: GooseInput[] = [];
  readonly settled: SettleInput[] = [];
  /** Whom it took the task to be with at each look. */
  readonly looked: (string | null)[] = [];

  /** Answers of the goose host, one for each attempt; with none left the task is complete. */
  goose: (AttemptResult | ((input: GooseInput) => Promise<AttemptResult>))[] = [];
  /** What becomes of the task at each write-back; with none left what the verdict suggests. */
  outcomes: (Outcome | (() => never))[] = [];
  /** Whether the write-back has told the scheduler that the run ends. */
  told = false;
  /** What each look at the task finds; with none left it is untouched. */
  looks: Outcome[] = [];
  #fence = 1_000;

  constructor(
    readonly client: Client,
    readonly taskId: number,
  ) {}

  get semaphore(): string {
    return poolId(`q${this.taskId}`);
  }

  get handle(): WorkflowHandle {
    return this.client.workflow.getHandle(taskWorkflowId(this.taskId));
  }

  async start(change: Partial<RunInput> = {}, settings: Partial<RunSettings> = {}): Promise<void> {
    await standIn(this.client, this.semaphore);
    const { taskId: id, semaphore } = this;
    const input: RunInput = {
      task: { id, createdAt: MADE_AT },
      ...{ semaphore, wants: null, queue: `q${id}`, pool: `q${id}`, assignee: null, assignedByUs: false },
      ...{ rank: rankOfTask(id), rankedAtMs: 1, past: NO_PAST, notBeforeMs: 0 },
      settings: {
        ...{ maxAttempts: 2, backOffMs: 300, backOffMaxMs: 300, maxWorkerLosses: 2, maxRunsInARow: 3 },
        ...{ maxRuntimeMs: 60_000, killGraceMs: 1_000, heartbeatTimeoutMs: 6_000 },
        ...settings,
      },
      ...change,
    };
    await this.client.workflow.start(RUN_TASK, {
      ...{ workflowId: taskWorkflowId(id), taskQueue: MAIN_QUEUE, args: [input] },
    });
  }

  /** It is in line for the nth time; gives what it asked. */
  async asks(times = 1): Promise<Request> {
    await eventually(`it asks ${times} times`, async () => this.asked.length >= times);
    return this.asked[times - 1] as Request;
  }

  /** A grant for its nth request. */
  async grantFor(times = 1, change: Partial<Grant> = {}): Promise<Grant> {
    const { workflowId, runId } = await this.asks(times);
    this.#fence += 1;
    const of = { workflowId, runId, fence: this.#fence };
    return { ...of, agent: 'ada', gooseQueue: MAIN_QUEUE, probe: false, ...change };
  }

  async grant(times = 1, change: Partial<Grant> = {}): Promise<Grant> {
    const grant = await this.grantFor(times, change);
    await this.handle.signal('grant', grant);
    return grant;
  }

  async attempted(times = 1): Promise<GooseInput> {
    await eventually(`attempt ${times} is under way`, async () => this.attempts.length >= times);
    return this.attempts[times - 1] as GooseInput;
  }

  status(): Promise<RunStatus> {
    return this.handle.query<RunStatus>('status');
  }

  reaches(phase: Phase): Promise<RunStatus> {
    return eventually(`it is ${phase}`, async () => {
      const status = await this.status();
      return status.phase === phase && status;
    });
  }

  result(): Promise<RunResult> {
    return this.handle.result() as Promise<RunResult>;
  }

  reset(to: 'first' | 'last'): Promise<void> {
    return resetTask(this, this.taskId, to);
  }

  /** What its semaphore heard of it. */
  toSemaphore(): Promise<Received[]> {
    return received(this.client, this.semaphore);
  }

  /** What the scheduler heard of it: the states, in order. */
  async toScheduler(): Promise<string[]> {
    const all = (await received(this.client, SCHEDULER_ID)) as {
      content: { taskId: number; state: string };
    }[];
    return all.flatMap(({ content: { taskId, state } }) => (taskId === this.taskId ? [state] : []));
  }
}

/** Activities that answer for each run what its test says. */
export function playing(runs: ReadonlyMap<number, PlayedRun>) {
  const of = (taskId: number) => runs.get(taskId) as PlayedRun;
  const runGoose: GooseActivities['runGoose'] = async (input) => {
    const run = of(input.task.id);
    const answer = run.goose[run.attempts.length] ?? attemptResult('completed');
    run.attempts.push(input);
    return typeof answer === 'function' ? answer(input) : answer;
  };
  return {
    runGoose,
    async askForSlot(_semaphore: string, wanted: Request): Promise<void> {
      of(wanted.rank.id).asked.push(wanted);
    },
    async settle(input: SettleInput): Promise<Settled> {
      const run = of(input.task.id);
      run.settled.push(input);
      const next = run.outcomes[run.settled.length - 1] ?? usual(input);
      const outcome = typeof next === 'function' ? next() : next;
      return { outcome, ...followOutcome(input.decided, outcome, input.policy), schedulerTold: run.told };
    },
    async lookAtTask({ task, agent }: { task: { id: number }; agent: string | null }): Promise<Outcome> {
      const run = of(task.id);
      run.looked.push(agent);
      return run.looks[run.looked.length - 1] ?? { task: 'untouched' };
    },
  };
}

function usual({ result: { claimed, verdict } }: SettleInput): Outcome {
  if (!claimed) return { task: 'untouched' };
  return verdict.kind === 'completed' ? { task: 'complete', by: 'us' } : { task: 'returned' };
}
