// Every metric of ours. docs/monitoring.md has the same table, and tests compare both with what is exported.

/** What series are told apart by, and nothing else: never a task, a text or a path. */
export type Label = 'agent' | 'pool' | 'verdict' | 'reason' | 'phase' | 'version' | 'role';

/** Where its value comes from: a look at the server and TinyTask, what happened in this process, or the process itself. */
export type Told = 'look' | 'events' | 'process';

interface Metric {
  type: 'gauge' | 'counter' | 'histogram';
  told: Told;
  help: string;
  labels?: readonly Label[];
  /** Upper bounds, in seconds. */
  buckets?: readonly number[];
}

/** A pass of 10,000 tasks takes seconds; a refill, milliseconds. */
const OF_PASSES = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const OF_STARTS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** A task may wait for days. */
const OF_WAITS = [0.5, 1, 2.5, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400];
const OF_ATTEMPTS = [1, 5, 15, 60, 180, 600, 1_800, 3_600, 7_200, 14_400];
const OF_LATENESS = [0.5, 1, 2.5, 5, 15, 60, 300, 900, 3_600, 14_400];

export const METRICS = {
  tinyscheduler_slots_limit: {
    ...{ type: 'gauge', told: 'look', labels: ['agent', 'pool'] },
    help: 'Slots of the agent that are in force.',
  },
  tinyscheduler_slots_used: {
    ...{ type: 'gauge', told: 'look', labels: ['agent', 'pool'] },
    help: 'Slots of the agent that runs have.',
  },
  tinyscheduler_slots_free: {
    ...{ type: 'gauge', told: 'look', labels: ['pool'] },
    help: 'Slots that could be given now: none of agents that are paused, stopped, unwell, held or over their budget.',
  },
  tinyscheduler_tasks: {
    ...{ type: 'gauge', told: 'look', labels: ['phase'] },
    help: 'Open tasks by where they are.',
  },
  tinyscheduler_waiting_tasks: {
    ...{ type: 'gauge', told: 'look', labels: ['reason'] },
    help: 'Open tasks that do not run, by the reason that decides.',
  },
  tinyscheduler_ready_tasks: {
    ...{ type: 'gauge', told: 'look', labels: ['pool'] },
    help: 'Open tasks that wait for an agent, and for no other task.',
  },
  tinyscheduler_oldest_ready_task_age_seconds: {
    ...{ type: 'gauge', told: 'look', labels: ['pool'] },
    help: 'Since the oldest of them was added; 0: none waits.',
  },
  tinyscheduler_startable_tasks: {
    ...{ type: 'gauge', told: 'look', labels: ['pool'] },
    help: 'Ready tasks for which a slot is free, so that nothing keeps them.',
  },
  tinyscheduler_agent_unwell: {
    ...{ type: 'gauge', told: 'look', labels: ['agent', 'reason'] },
    help: '1: the agent is given nothing, since its last runs showed this.',
  },
  tinyscheduler_pool_held: {
    ...{ type: 'gauge', told: 'look', labels: ['pool'] },
    help: '1: the pool is given nothing, since the same trouble has taken several of its agents.',
  },
  tinyscheduler_agent_budget_used_tokens: {
    ...{ type: 'gauge', told: 'look', labels: ['agent'] },
    help: 'Tokens of today that count against the budget of the agent, with what is reserved for what runs.',
  },
  tinyscheduler_agent_budget_left_tokens: {
    ...{ type: 'gauge', told: 'look', labels: ['agent'] },
    help: 'Tokens that are left of the budget of the agent today; below 0: more was taken.',
  },
  tinyscheduler_pool_budget_used_tokens: {
    ...{ type: 'gauge', told: 'look', labels: ['pool'] },
    help: 'Tokens of today that count against the budget of the pool, with what is reserved for what runs.',
  },
  tinyscheduler_pool_budget_left_tokens: {
    ...{ type: 'gauge', told: 'look', labels: ['pool'] },
    help: 'Tokens that are left of the budget of the pool today; below 0: more was taken.',
  },
  tinyscheduler_schedule_troubles: {
    ...{ type: 'gauge', told: 'look', labels: ['reason'] },
    help: 'Troubles of schedules that a person should look at.',
  },
  tinyscheduler_enabled: {
    ...{ type: 'gauge', told: 'look' },
    help: '0: TINYSCHEDULER_ENABLED is false, so nothing starts.',
  },
  tinyscheduler_paused: { type: 'gauge', told: 'look', help: '1: a person has paused the scheduler.' },
  tinyscheduler_stopped: { type: 'gauge', told: 'look', help: '1: a person has stopped all agents.' },
  tinyscheduler_watched: {
    ...{ type: 'gauge', told: 'look' },
    help: '1: a daemon watches TinyTask; 0: nobody does, so nothing starts.',
  },
  tinyscheduler_last_pass_timestamp_seconds: {
    ...{ type: 'gauge', told: 'look' },
    help: 'When the last full pass began, in seconds since the epoch.',
  },
  tinyscheduler_attempts_started_total: {
    ...{ type: 'counter', told: 'events', labels: ['pool'] },
    help: 'Attempts of which the program was started on this host.',
  },
  tinyscheduler_attempts_total: {
    ...{ type: 'counter', told: 'events', labels: ['verdict'] },
    help: 'Attempts that this process has written back, by what they came to.',
  },
  tinyscheduler_agent_attempts_total: {
    ...{ type: 'counter', told: 'events', labels: ['agent', 'verdict'] },
    help: 'The same by agent. Beyond 2,000 pairs the agent is called other.',
  },
  tinyscheduler_tokens_total: {
    ...{ type: 'counter', told: 'events', labels: ['agent'] },
    help: 'Tokens of attempts that this process has written back, where the model told them.',
  },
  tinyscheduler_attempt_duration_seconds: {
    ...{ type: 'histogram', told: 'events', buckets: OF_ATTEMPTS },
    help: 'How long the programs of attempts ran on this host.',
  },
  tinyscheduler_dispatch_latency_seconds: {
    ...{ type: 'histogram', told: 'events', buckets: OF_WAITS },
    help: 'From when a task was added to the start of its first attempt on this host: what it waited for is in it.',
  },
  tinyscheduler_start_latency_seconds: {
    ...{ type: 'histogram', told: 'events', buckets: OF_STARTS },
    help: 'From when an attempt with its slot was handed to the hosts to the start of its program on this one.',
  },
  tinyscheduler_pass_duration_seconds: {
    ...{ type: 'histogram', told: 'events', buckets: OF_PASSES },
    help: 'How long the surveys of full passes took.',
  },
  tinyscheduler_refill_duration_seconds: {
    ...{ type: 'histogram', told: 'events', buckets: OF_PASSES },
    help: 'How long the surveys between full passes took.',
  },
  tinyscheduler_pass_starts_total: {
    ...{ type: 'counter', told: 'events' },
    help: 'Runs that passes and refills have started.',
  },
  tinyscheduler_pass_errors_total: {
    ...{ type: 'counter', told: 'events' },
    help: 'Errors that passes and refills have met.',
  },
  tinyscheduler_cool_downs_total: {
    ...{ type: 'counter', told: 'events', labels: ['reason'] },
    help: 'Times that an agent was found unwell, or still unwell by a further run.',
  },
  tinyscheduler_reclaimed_total: {
    ...{ type: 'counter', told: 'events' },
    help: 'Tasks that were taken back from runs that were ended from outside.',
  },
  tinyscheduler_write_back_failures_total: {
    ...{ type: 'counter', told: 'events' },
    help: 'Times that a result could not be written to TinyTask; each is tried again.',
  },
  tinyscheduler_slots_kept_total: {
    ...{ type: 'counter', told: 'events' },
    help: 'Attempts on this host that keep their slot, since their processes cannot be killed or looked at.',
  },
  tinyscheduler_schedule_lateness_seconds: {
    ...{ type: 'histogram', told: 'events', buckets: OF_LATENESS },
    help: 'From the planned time of an occurrence of the plan to when it began.',
  },
  tinyscheduler_occurrences_left_out_total: {
    ...{ type: 'counter', told: 'events', labels: ['reason'] },
    help: 'Occurrences that did nothing, by reason.',
  },
  tinyscheduler_temporal_up: {
    ...{ type: 'gauge', told: 'process' },
    help: '1: the Temporal server answers this process.',
  },
  tinyscheduler_tinytask_up: { type: 'gauge', told: 'process', help: '1: TinyTask answers this daemon.' },
  tinyscheduler_look_up: {
    ...{ type: 'gauge', told: 'process' },
    help: '0: the look at the server and TinyTask failed or took too long, so that what comes from it is missing.',
  },
  tinyscheduler_look_duration_seconds: {
    ...{ type: 'gauge', told: 'process' },
    help: 'How long the last look took.',
  },
  tinyscheduler_loop_interval_seconds: {
    ...{ type: 'gauge', told: 'process' },
    help: 'Longest time between two full passes, as configured here.',
  },
  tinyscheduler_build_info: {
    ...{ type: 'gauge', told: 'process', labels: ['version', 'role'] },
    help: 'Always 1; the version of the program, and whether it is a daemon or a worker.',
  },
  process_start_time_seconds: {
    ...{ type: 'gauge', told: 'process' },
    help: 'When this process was started, in seconds since the epoch.',
  },
  process_cpu_seconds_total: {
    ...{ type: 'counter', told: 'process' },
    help: 'Processor time that this process has taken.',
  },
  process_resident_memory_bytes: {
    ...{ type: 'gauge', told: 'process' },
    help: 'Memory of this process that is resident.',
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];

export function metricOf(name: MetricName): Metric {
  return METRICS[name];
}
