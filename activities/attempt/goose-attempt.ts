import type { Context } from '@temporalio/activity';
import type { AttemptProgress, GooseInput } from '../../contract/activities.ts';
import { attemptId, attemptLogName } from '../../contract/ids.ts';
import { type AttemptResult, saysOfAgent, spentOf } from '../../contract/run.ts';
import type { Stop } from '../../domain/attempt/judge.ts';
import type { Verdict } from '../../domain/attempt/verdict.ts';
import { doneRules } from '../../domain/run-rules.ts';
import { COMMANDS_AGENT } from '../../domain/schedule/definition.ts';
import { semaphoreName } from '../../domain/semaphore-id.ts';
import { ownerMark } from '../../goose/host/owner.ts';
import { KeptRecord, newRunToken } from '../../goose/host/run-record.ts';
import { unfitVerdict } from '../../goose/program/unfit.ts';
import type { Lease } from '../../goose/run/lease.ts';
import { gooseEnvironment, userEnvironment } from '../../goose/start/command-line.ts';
import { containment, recordedContainment } from '../../goose/start/containment.ts';
import { RUN_OWNER_VARIABLE } from '../../goose/start/marks.ts';
import { openWorkplace, type Workplace } from '../../goose/workplace/workplace.ts';
import { runBeforeReset } from '../../temporal/was-reset.ts';
import type { AttemptIds } from '../events.ts';
import { activityLease } from './activity-lease.ts';
import { afterProgram } from './after-program.ts';
import { NOTHING, notBegun, putOffResult, resultOf, whyCancelled } from './attempt-result.ts';
import { claim, putOff } from './claim.ts';
import { cleanUpBeside } from './clean-up-beside.ts';
import { commandFor } from './command-on-task.ts';
import type { GooseDeps } from './deps.ts';
import { endEarlierAttempts } from './earlier-attempts.ts';
import { gooseFor } from './goose-on-task.ts';
import { GrantedSlot } from './granted-slot.ts';
import type { AgentRules, ClaimedTask, Found, Runnable } from './runnable.ts';

type Execution = { workflowId: string; runId: string };

/** One attempt at a task on this host, under a lease. */
export class Attempt {
  readonly #deps: GooseDeps;
  readonly #input: GooseInput;
  readonly #context: Context;
  readonly #execution: Execution;
  readonly #stopping = new AbortController();
  readonly #lease: Lease;
  readonly #slot: GrantedSlot;
  readonly ids: AttemptIds;
  /** Whether the task was set to `working`. */
  claimed = false;
  #progress: AttemptProgress = {};
  #record: KeptRecord | undefined;
  #workplace: Workplace | undefined;

  constructor(
    deps: GooseDeps,
    input: GooseInput,
    { context, execution, beatEveryMs }: { context: Context; execution: Execution; beatEveryMs: number },
  ) {
    this.#deps = deps;
    this.#input = input;
    this.#context = context;
    this.#execution = execution;
    const { task, agent, number } = input;
    this.ids = { taskId: task.id, agent, attempt: number, runId: execution.runId };
    this.#slot = new GrantedSlot({
      client: deps.client,
      semaphore: input.semaphore,
      grant: { ...execution, fence: input.fence },
      agent: () => this.#agent(),
    });
    this.#lease = activityLease({
      client: deps.leaseClient,
      context,
      says: () => ({ fence: input.fence, ...this.#progress }),
      graceMs: input.killGraceMs,
      everyMs: beatEveryMs,
      onStop: (stop) => this.#stopping.abort(stop),
      onRenewed: (deadlineAt) => {
        // A record that cannot be written keeps its old deadline, and the next heartbeat tries again.
        this.#record?.change({ deadlineAt }).catch(() => {});
      },
    });
    const { cancellationSignal } = context;
    const cancelled = () => this.#stopping.abort(whyCancelled(context));
    cancellationSignal.addEventListener('abort', cancelled, { once: true });
    if (cancellationSignal.aborted) cancelled();
  }

  async run(): Promise<AttemptResult> {
    const { asking: ask, place, environment, worker } = this.#deps;
    const names = this.#input.rules?.env;
    const token = newRunToken();
    const env = gooseEnvironment(environment, token, ownerMark(place, worker), names);
    const preparing = this.#prepare(token);
    // Waited for whatever is found: a record that was written after this returned would never be removed.
    const prepared = preparing.catch(() => undefined);
    // Without the token, by which processes of the attempt are found: those that look would be taken for a goose that runs.
    const asking = { ...userEnvironment(environment, names), [RUN_OWNER_VARIABLE]: ownerMark(place, worker) };
    const { agent, found } = await this.#find(asking).finally(() => prepared);
    if (this.#stopped !== undefined) return notBegun(this.#stopped);
    if ('instead' in found) return { ...NOTHING, ...found.instead };
    const record = await preparing;
    const unfit = await this.#enterWorkplace(agent, env);
    if (this.#stopped !== undefined) return notBegun(this.#stopped);
    if (unfit !== undefined) return { ...NOTHING, verdict: unfit };
    const why = await putOff(ask, this.#input);
    if (why !== undefined) return putOffResult(why);
    if (this.#stopped !== undefined) return notBegun(this.#stopped);
    return this.#claimAndRun(found.runnable, { token, env, record });
  }

  /** Makes the directory in which goose will work, where that is made for it. Returns why it cannot be. */
  async #enterWorkplace(agent: AgentRules, env: Record<string, string>): Promise<Verdict | undefined> {
    const { basePath, stateDir, workingDir } = this.#deps.config;
    const { signal } = this.#stopping;
    const { task } = this.#input;
    try {
      this.#workplace = await openWorkplace(agent, { basePath, stateDir, workingDir, task, env, signal });
      return undefined;
    } catch (error) {
      return this.#stopped === undefined ? unfitVerdict(error) : undefined;
    }
  }

  /** Takes the lease, ends what earlier attempts left here, and writes the record. Throws the reason if there is no lease. */
  async #prepare(token: string): Promise<KeptRecord> {
    await this.#lease.begin();
    // Nothing is done on behalf of a server that no longer knows this activity.
    if (this.#stopped !== undefined) throw new Error(`not started: ${this.#stopped.detail}`);
    await endEarlierAttempts(this.#deps.place, this.#input.task.id, this.#stopping.signal);
    return this.#writeRecord(token);
  }

  /** Whether the semaphore was told that the slot is free. Call it when `run` has resolved. */
  async releaseSlot(result: AttemptResult): Promise<boolean> {
    return !this.#isLeaseLost && this.#slot.release(saysOfAgent(result), spentOf(result, this.#input.agent));
  }

  /** Call it when `run` has ended, whatever came of it. */
  async end(): Promise<void> {
    this.#lease.end();
    await this.#workplace?.leave().catch(() => undefined);
    await this.#record?.remove();
    if (this.#workplace) cleanUpBeside(this.#deps, this.#input.agent, this.#workplace);
    // Else the slot of a run that was ended from outside is free only after the heartbeat timeout.
    if (this.#isLeaseLost) await this.#slot.processesGone();
  }

  /** Finds what the attempt runs. It changes nothing, so it needs no lease. */
  async #find(env: Record<string, string>): Promise<{ agent: AgentRules; found: Found }> {
    const { task: ref, agent: name } = this.#input;
    const [task, agent] = await Promise.all([
      this.#deps.tinytask.get(ref.id).catch((error: Error) => error),
      this.#agent(),
    ]);
    if (task instanceof Error) {
      const verdict = { kind: 'tinytask-unavailable' as const, reason: task.message };
      return { agent, found: { instead: { verdict } } };
    }
    const { signal } = this.#stopping;
    const find = name === COMMANDS_AGENT ? commandFor : gooseFor;
    return { agent, found: await find({ deps: this.#deps, input: this.#input, env, agent, task, signal }) };
  }

  async #claimAndRun(runnable: Runnable, place: RunPlace): Promise<AttemptResult> {
    const { client, tinytask, config, unwritten, guardian, tell } = this.#deps;
    const input = this.#input;
    const { ids } = this;
    const guarded = guardian.ready();
    guarded.catch(() => {});
    // The semaphore gives no slot before nothing of the run before the reset can live any more.
    const agentBefore = async () => (await runBeforeReset(client, this.#execution))?.agent ?? null;
    const { task, agent, assignee } = input;
    const mayBeBlocked = config.disableBlocking;
    const claimed = await claim(tinytask, { task, agent, assignee, agentBefore, mayBeBlocked });
    if ('verdict' in claimed) return { ...NOTHING, ...claimed };
    this.claimed = true;
    await guarded;
    this.#tellClaimed();
    const on: ClaimedTask = {
      ...{ config, tinytask, input, ...place },
      workingDir: this.#workplace?.path ?? config.workingDir,
      runId: this.#execution.runId,
      lease: this.#lease,
      stopping: this.#stopping,
      // Only of a probe: each message is work for the semaphore.
      ...(input.probe && { onModelAnswered: () => void this.#slot.modelAnswered() }),
      onLeft: (problem) => tell({ what: 'slot-kept', ...ids, problem }),
      onProgress: (progress) => {
        this.#progress = { ...this.#progress, ...progress };
      },
    };
    const ran = await runnable.run(on);
    const after = await afterProgram(on, input.rules ?? {}, ran);
    unwritten.ended(input.task.id, after.stopped?.why === 'shutdown');
    const byRules = doneRules(input.rules) !== undefined;
    return { ...resultOf(ran, after), ...(byRules && { byRules }) };
  }

  #tellClaimed(): void {
    const { ids } = this;
    const { task, agent, assignee, pool, semaphore } = this.#input;
    const whose = semaphoreName(semaphore);
    this.#deps.tell({
      ...{ what: 'claimed', ...ids, log: attemptLogName(ids.taskId, ids.runId, ids.attempt) },
      assignedFrom: assignee === agent ? null : pool,
      pool: 'queue' in whose ? whose.queue : null,
      addedMs: Date.parse(task.createdAt),
      handedOutMs: this.#context.info.scheduledTimestampMs,
    });
  }

  get #isLeaseLost(): boolean {
    return this.#stopping.signal.reason?.why === 'lease-lost';
  }

  get #stopped(): Stop | undefined {
    return this.#lease.obstacle() ?? (this.#stopping.signal.reason as Stop | undefined);
  }

  async #writeRecord(token: string): Promise<KeptRecord> {
    const { place, worker } = this.#deps;
    const { task, agent, number, killGraceMs } = this.#input;
    this.#record = new KeptRecord(place.runningDir, {
      token,
      taskId: task.id,
      agent,
      attemptId: attemptId(this.#execution.runId, number),
      ...this.#execution,
      activityTaskToken: Buffer.from(this.#context.info.taskToken).toString('base64'),
      host: place.host,
      bootId: place.bootId,
      worker,
      ...recordedContainment(await containment(), token),
      graceMs: killGraceMs,
      startedAt: Date.now(),
      deadlineAt: this.#lease.deadlineAt,
    });
    await this.#record.written();
    return this.#record;
  }

  /** As the configuration of this host has it now. */
  async #agent(): Promise<AgentRules> {
    const { agent: name } = this.#input;
    const { agents } = await this.#deps.loadAgents();
    return agents.find((agent) => agent.name === name) ?? { name };
  }
}

interface RunPlace {
  token: string;
  env: Record<string, string>;
  record: KeptRecord;
}
