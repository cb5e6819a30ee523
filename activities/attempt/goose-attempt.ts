import type { Context } from '@temporalio/activity';
import { agentFiles } from '../../config/starter.ts';
import type { GooseInput } from '../../contract/activities.ts';
import { attemptId, attemptLogName } from '../../contract/ids.ts';
import { type AttemptResult, saysOfAgent, spentOf } from '../../contract/run.ts';
import type { Agent } from '../../domain/agent.ts';
import type { Stop } from '../../domain/attempt/judge.ts';
import { ownerMark } from '../../goose/host/owner.ts';
import { KeptRecord, newRunToken } from '../../goose/host/run-record.ts';
import { type PreflightResult, preflight } from '../../goose/preflight.ts';
import type { Lease } from '../../goose/run/lease.ts';
import { gooseEnvironment, userEnvironment } from '../../goose/start/command-line.ts';
import { containment, recordedContainment } from '../../goose/start/containment.ts';
import { RUN_OWNER_VARIABLE } from '../../goose/start/marks.ts';
import { runBeforeReset } from '../../temporal/was-reset.ts';
import { mcpUrl } from '../../tinytask/endpoint.ts';
import type { AttemptIds } from '../events.ts';
import { activityLease } from './activity-lease.ts';
import { NOTHING, notBegun, putOffResult, resultOf, whyCancelled } from './attempt-result.ts';
import { claim, putOff } from './claim.ts';
import type { GooseDeps } from './deps.ts';
import { endEarlierAttempts } from './earlier-attempts.ts';
import { runGooseOnTask } from './goose-on-task.ts';
import { GrantedSlot } from './granted-slot.ts';

type Execution = { workflowId: string; runId: string };
type Ready = Extract<PreflightResult, { ok: true }>;

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
  #record: KeptRecord | undefined;

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
    const { client, place, environment, worker } = this.#deps;
    const token = newRunToken();
    const env = gooseEnvironment(environment, token, ownerMark(place, worker));
    const preparing = this.#prepare(token);
    // Waited for whatever comes of the preflight: a record that was written after this returned would never be removed.
    const prepared = preparing.catch(() => undefined);
    // Without the token, by which processes of the attempt are found: the preflight's would be taken for a goose that runs.
    const asking = { ...userEnvironment(environment), [RUN_OWNER_VARIABLE]: ownerMark(place, worker) };
    const { workingDir, ready } = await this.#preflight(asking).finally(() => prepared);
    if (this.#stopped !== undefined) return notBegun(this.#stopped);
    if (!ready.ok) return { ...NOTHING, verdict: ready.verdict };
    const record = await preparing;
    const why = await putOff(client, this.#input);
    if (why !== undefined) return putOffResult(why);
    if (this.#stopped !== undefined) return notBegun(this.#stopped);
    return this.#claimAndRun(ready, { token, env, workingDir, record });
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
    await this.#record?.remove();
    // Else the slot of a run that was ended from outside is free only after the heartbeat timeout.
    if (this.#isLeaseLost) await this.#slot.processesGone();
  }

  /** Finds out whether goose can be run. It changes nothing, so it needs no lease. */
  async #preflight(env: Record<string, string>): Promise<{ workingDir: string; ready: PreflightResult }> {
    const { tinytask, config, gooseBin } = this.#deps;
    const { task, agent, queue } = this.#input;
    const [seen, { workingDir = config.workingDir }] = await Promise.all([
      tinytask.get(task.id).catch((error: Error) => error),
      this.#agent(),
    ]);
    if (seen instanceof Error) {
      const verdict = { kind: 'tinytask-unavailable' as const, reason: seen.message };
      return { workingDir, ready: { ok: false, verdict } };
    }
    const { logDir, runningDir, basePath } = config;
    const { recipesDir } = agentFiles(config);
    const ready = await preflight({
      ...{ gooseBin, env, workingDir, logDir, runningDir, recipesDir, basePath, agent, queue },
      tags: seen?.tags ?? [],
      tinytaskMcpUrl: mcpUrl(config.mcpEndpoint).href,
    });
    return { workingDir, ready };
  }

  async #claimAndRun(ready: Ready, place: RunPlace): Promise<AttemptResult> {
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
    const assignedFrom = input.assignee === input.agent ? null : input.pool;
    tell({ what: 'claimed', ...ids, assignedFrom, log: attemptLogName(ids.taskId, ids.runId, ids.attempt) });
    const ran = await runGooseOnTask({
      ...{ config, tinytask, input, ...place },
      runId: this.#execution.runId,
      gooseBin: ready.gooseBin,
      recipe: ready.recipe,
      lease: this.#lease,
      stopping: this.#stopping,
      // Only of a probe: each message is work for the semaphore.
      ...(input.probe && { onModelAnswered: () => void this.#slot.modelAnswered() }),
      onLeft: (problem) => tell({ what: 'slot-kept', ...ids, problem }),
    });
    unwritten.ended(input.task.id, ran.facts.stopped?.why === 'shutdown');
    return { ...resultOf(ran), recipe: ready.recipe.name };
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

  /** As the configuration has it now; its name alone where that does not know it any more. */
  async #agent(): Promise<Pick<Agent, 'name' | 'queue' | 'workingDir'>> {
    const { agent: name } = this.#input;
    const { agents } = await this.#deps.loadAgents();
    return agents.find((agent) => agent.name === name) ?? { name };
  }
}

interface RunPlace {
  token: string;
  env: Record<string, string>;
  workingDir: string;
  record: KeptRecord;
}
