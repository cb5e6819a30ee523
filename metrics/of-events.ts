import type { SchedulerEvent } from '../activities/events.ts';
import { VERDICT_KINDS } from '../domain/attempt/verdict.ts';
import type { AgentLine } from '../domain/plan/agent-line.ts';
import { LEFT_OUT, UNWELL } from './closed-sets.ts';
import { Counted } from './exposition.ts';

/** Pairs of agent and verdict that have a series of their own. */
const MOST_PAIRS = 2_000;
const OTHER = 'other';

/** Counts what the workers of this process tell, as the log has it. */
export class EventCounts {
  readonly #counted = new Counted();
  readonly #pairs = new Set<string>();
  /** By agent, the last that was told of its health. */
  readonly #unwell = new Map<string, string>();
  #sawAgents = false;

  constructor() {
    const counted = this.#counted;
    for (const verdict of VERDICT_KINDS) counted.add('tinyscheduler_attempts_total', 0, { verdict });
    for (const reason of UNWELL) counted.add('tinyscheduler_cool_downs_total', 0, { reason });
    for (const reason of LEFT_OUT) counted.add('tinyscheduler_occurrences_left_out_total', 0, { reason });
  }

  /** Pools whose starts are counted from 0, so that the first one is an increase. */
  knowPools(pools: Iterable<string | null | undefined>): void {
    for (const pool of pools)
      this.#counted.add('tinyscheduler_attempts_started_total', 0, { pool: pool ?? '' });
  }

  /** @param nowMs in milliseconds since the epoch */
  count(event: SchedulerEvent, nowMs: number): void {
    const counted = this.#counted;
    switch (event.what) {
      case 'pass-ended': {
        const { full, report } = event;
        const name = full ? 'tinyscheduler_pass_duration_seconds' : 'tinyscheduler_refill_duration_seconds';
        counted.observe(name, report.tookMs / 1_000);
        counted.add('tinyscheduler_pass_starts_total', report.figures.tasksSpawned);
        counted.add('tinyscheduler_pass_errors_total', report.figures.errors);
        this.knowPools(event.agents.map(({ queue }) => queue));
        this.#countCoolDowns(event.agents);
        break;
      }
      case 'claimed': {
        const { pool, addedMs, handedOutMs, attempt } = event;
        counted.add('tinyscheduler_attempts_started_total', 1, { pool: pool ?? '' });
        if (attempt === 1)
          counted.observe('tinyscheduler_dispatch_latency_seconds', (nowMs - addedMs) / 1_000);
        counted.observe('tinyscheduler_start_latency_seconds', (nowMs - handedOutMs) / 1_000);
        break;
      }
      case 'attempt-ended':
        // Of what was not claimed nothing ran.
        if (event.result.claimed)
          counted.observe('tinyscheduler_attempt_duration_seconds', event.result.seconds);
        break;
      case 'settled':
        this.#countAttempt(event);
        break;
      case 'not-settled':
        counted.add('tinyscheduler_write_back_failures_total');
        break;
      case 'reclaimed':
        counted.add('tinyscheduler_reclaimed_total');
        break;
      case 'slot-kept':
        counted.add('tinyscheduler_slots_kept_total');
        break;
      case 'occurrence-began':
        // A person's has no time at which it was due.
        if (event.trigger === 'plan')
          counted.observe('tinyscheduler_schedule_lateness_seconds', (nowMs - event.plannedMs) / 1_000);
        break;
      case 'occurrence-left-out':
        counted.add('tinyscheduler_occurrences_left_out_total', 1, { reason: event.because.why });
        break;
      default:
        break;
    }
  }

  text(): Promise<string> {
    return this.#counted.text();
  }

  #countAttempt({ agent: name, verdict, tokens }: Extract<SchedulerEvent, { what: 'settled' }>): void {
    const counted = this.#counted;
    counted.add('tinyscheduler_attempts_total', 1, { verdict });
    const pair = `${verdict} ${name}`;
    const agent = this.#pairs.has(pair) || this.#pairs.size < MOST_PAIRS ? name : OTHER;
    if (agent === name) this.#pairs.add(pair);
    counted.add('tinyscheduler_agent_attempts_total', 1, { agent, verdict });
    if (tokens !== null) counted.add('tinyscheduler_tokens_total', tokens, { agent });
  }

  /** What was there when this process began is nothing new. */
  #countCoolDowns(agents: readonly AgentLine[]): void {
    for (const { name, health } of agents) {
      const { state } = health;
      const now = state === 'well' ? '' : `${state} ${health.times}`;
      const isNews = now !== '' && now !== this.#unwell.get(name);
      if (isNews && this.#sawAgents && state !== 'well')
        this.#counted.add('tinyscheduler_cool_downs_total', 1, { reason: state });
      this.#unwell.set(name, now);
    }
    this.#sawAgents = true;
  }
}
