// For each alert, series that make it fire and fall again, as `promtool test rules` has them: one value a minute.

export interface AlertCase {
  alert: string;
  /** What happens, for the name of the test. */
  what: string;
  series: Record<string, string>;
  /** Minutes at which it does not fire yet, or would not be right to. */
  quiet: readonly number[];
  fires: number;
  /** Of the alert that fires, besides its name and severity. */
  labels?: Record<string, string>;
  falls: number;
}

const DAEMON = 'tinyscheduler_build_info{instance="a",role="daemon",version="0.1.0"}';
const attempts = (verdict: string) => `tinyscheduler_attempts_total{verdict="${verdict}"}`;
const STARTED_DEV = 'tinyscheduler_attempts_started_total{instance="a",pool="dev"}';
const STARTABLE_DEV = 'tinyscheduler_startable_tasks{instance="a",pool="dev"}';
const NEVER = '0x120';

/** Passes each minute, a task that waits, nobody at work. */
const IDLE = {
  tinyscheduler_pass_duration_seconds_count: '0+1x120',
  'tinyscheduler_ready_tasks{pool="dev"}': '0x19 3x60 0x40',
  'tinyscheduler_slots_used{agent="ada",pool="dev"}': NEVER,
  [STARTED_DEV]: NEVER,
  tinyscheduler_paused: NEVER,
  tinyscheduler_stopped: NEVER,
  tinyscheduler_enabled: '1x120',
};

export const ALERT_CASES: readonly AlertCase[] = [
  {
    ...{ alert: 'TinyschedulerAway', what: 'the daemon goes, and comes back' },
    series: { [DAEMON]: '1x10 _x20 1x20' },
    ...{ quiet: [10, 16], fires: 20, labels: { role: 'daemon' }, falls: 32 },
  },
  {
    ...{ alert: 'TinyschedulerNoPass', what: 'no pass after minute 10 until minute 40' },
    series: {
      tinyscheduler_last_pass_timestamp_seconds: '0+60x10 600x29 2400+60x60',
      tinyscheduler_loop_interval_seconds: '60x120',
    },
    ...{ quiet: [10, 13], fires: 20, falls: 42 },
  },
  {
    ...{ alert: 'TinyschedulerNoPass', what: 'an interval of an hour: three of them are waited for' },
    series: {
      tinyscheduler_last_pass_timestamp_seconds: '0x190 11400x60',
      tinyscheduler_loop_interval_seconds: '3600x300',
    },
    ...{ quiet: [60, 175], fires: 185, falls: 195 },
  },
  {
    ...{ alert: 'TinyschedulerBlind', what: 'no daemon can look' },
    series: {
      'tinyscheduler_look_up{instance="a"}': '1x10 0x20 1x20',
      'tinyscheduler_look_up{instance="b"}': '0x60',
    },
    ...{ quiet: [10, 14], fires: 20, falls: 35 },
  },
  {
    ...{ alert: 'TinyschedulerTemporalDown', what: 'one process has lost the server' },
    series: {
      'tinyscheduler_temporal_up{instance="a"}': '1x10 0x20 1x20',
      'tinyscheduler_temporal_up{instance="b"}': '1x60',
    },
    ...{ quiet: [10, 12], fires: 15, labels: { instance: 'a' }, falls: 32 },
  },
  {
    ...{ alert: 'TinyschedulerTinyTaskDown', what: 'TinyTask is away' },
    series: { tinyscheduler_tinytask_up: '1x10 0x20 1x20' },
    ...{ quiet: [10, 12], fires: 15, falls: 32 },
  },
  {
    ...{ alert: 'TinyschedulerReadyWorkBesideFreeSlots', what: 'one pool stands still, another goes on' },
    series: {
      [STARTABLE_DEV]: '2x60 0x40',
      'tinyscheduler_startable_tasks{instance="a",pool="qa"}': '2x100',
      // A task each minute, until minute 20.
      [STARTED_DEV]: '0+1x20 20x80',
      'tinyscheduler_attempts_started_total{instance="a",pool="qa"}': '0+1x100',
    },
    ...{ quiet: [10, 20, 29], fires: 40, labels: { pool: 'dev' }, falls: 62 },
  },
  {
    ...{ alert: 'TinyschedulerReadyWorkBesideFreeSlots', what: 'nothing starts, until something does' },
    series: { [STARTABLE_DEV]: '1x100', [STARTED_DEV]: '0x50 0+1x50' },
    ...{ quiet: [3], fires: 20, labels: { pool: 'dev' }, falls: 55 },
  },
  {
    ...{ alert: 'TinyschedulerNothingAssigned', what: 'a task waits and nothing takes it' },
    series: IDLE,
    ...{ quiet: [4, 15], fires: 30, falls: 85 },
  },
  {
    ...{ alert: 'TinyschedulerNothingAssigned', what: 'not while an agent is at work' },
    series: { ...IDLE, 'tinyscheduler_slots_used{agent="ada",pool="dev"}': '1x40 0x20 1x60' },
    ...{ quiet: [25, 40], fires: 50, falls: 65 },
  },
  {
    ...{ alert: 'TinyschedulerNothingAssigned', what: 'not while a person has paused it' },
    series: { ...IDLE, tinyscheduler_paused: '1x40 0x20 1x60' },
    ...{ quiet: [25, 40], fires: 50, falls: 65 },
  },
  {
    ...{ alert: 'TinyschedulerNothingAssigned', what: 'not while it is stopped or disabled' },
    series: { ...IDLE, tinyscheduler_stopped: '1x40 0x80', tinyscheduler_enabled: '1x60 0x60' },
    ...{ quiet: [25, 40], fires: 50, falls: 65 },
  },
  {
    ...{ alert: 'TinyschedulerQueueUnserved', what: 'a queue without agents, then one' },
    series: {
      'tinyscheduler_waiting_tasks{reason="no-agent-for-queue"}': '0x10 4x30 0x30',
      'tinyscheduler_waiting_tasks{reason="blocked"}': '9x80',
    },
    ...{ quiet: [10, 18], fires: 25, labels: { reason: 'no-agent-for-queue' }, falls: 45 },
  },
  {
    ...{
      alert: 'TinyschedulerErrorRate',
      what: 'two of three fail for a while; who was cancelled does not count',
    },
    series: {
      [attempts('completed')]: '0+1x120',
      [attempts('agent-failed')]: '0x20 0+2x30 60x70',
      [attempts('cancelled')]: '0+9x120',
    },
    ...{ quiet: [20, 30], fires: 50, falls: 85 },
  },
  {
    ...{ alert: 'TinyschedulerErrorRate', what: 'two failures of two are no share' },
    series: {
      [attempts('completed')]: NEVER,
      [attempts('timed-out')]: '0x9 1x9 2x31 2+1x10 12x60',
    },
    ...{ quiet: [25, 45], fires: 62, falls: 110 },
  },
  {
    ...{ alert: 'TinyschedulerWorkersLost', what: 'three workers are lost, of which one is a deployment' },
    series: {
      [attempts('worker-lost')]: '0x9 1x40 1+1x2 3x60',
      'tinyscheduler_tasks{phase="interrupted"}': NEVER,
    },
    ...{ quiet: [9, 20, 45], fires: 56, falls: 95 },
  },
  {
    ...{ alert: 'TinyschedulerWorkersLost', what: 'a run is interrupted, and goes on' },
    series: { [attempts('worker-lost')]: NEVER, 'tinyscheduler_tasks{phase="interrupted"}': '0x9 1x10 0x40' },
    ...{ quiet: [9, 11], fires: 14, falls: 22 },
  },
  {
    ...{ alert: 'TinyschedulerAgentUnwell', what: 'an agent stays unwell' },
    series: {
      'tinyscheduler_agent_unwell{agent="ada",reason="cooling-down"}': '0x9 1x30 0x30',
      'tinyscheduler_agent_unwell{agent="bob",reason="misconfigured"}': '0x9 1x9 0x60',
    },
    ...{ quiet: [20, 24], fires: 30, labels: { agent: 'ada', reason: 'cooling-down' }, falls: 42 },
  },
  {
    ...{ alert: 'TinyschedulerPoolHeld', what: 'a pool is held, and its canary ends it' },
    series: { 'tinyscheduler_pool_held{pool="dev"}': '0x9 1x20 0x30' },
    ...{ quiet: [9, 13], fires: 20, labels: { pool: 'dev' }, falls: 32 },
  },
  {
    ...{
      alert: 'TinyschedulerBudgetBurn',
      what: 'an agent takes 1,000 a minute of 200,000, until its new day',
    },
    series: { 'tinyscheduler_agent_budget_left_tokens{agent="ada"}': '200000-1000x150 200000x100' },
    ...{ quiet: [20, 75], fires: 110, labels: { agent: 'ada' }, falls: 160 },
  },
  {
    ...{ alert: 'TinyschedulerBudgetBurn', what: 'the same of a pool, until it rests' },
    series: { 'tinyscheduler_pool_budget_left_tokens{pool="dev"}': '200000-1000x150 50000x150' },
    ...{ quiet: [20, 75], fires: 110, labels: { pool: 'dev' }, falls: 215 },
  },
  {
    ...{ alert: 'TinyschedulerBudgetUsedUp', what: 'more than everything was taken' },
    series: {
      'tinyscheduler_agent_budget_left_tokens{agent="ada"}': '100x9 -50x20 100x30',
      'tinyscheduler_pool_budget_left_tokens{pool="dev"}': '100x60',
    },
    ...{ quiet: [9, 13], fires: 20, labels: { agent: 'ada' }, falls: 32 },
  },
  {
    ...{ alert: 'TinyschedulerBudgetUsedUp', what: 'of a pool, exactly all' },
    series: { 'tinyscheduler_pool_budget_left_tokens{pool="dev"}': '100x9 0x20 100x30' },
    ...{ quiet: [9, 13], fires: 20, labels: { pool: 'dev' }, falls: 32 },
  },
  {
    ...{ alert: 'TinyschedulerScheduleMissed', what: 'times were missed, and somebody decided' },
    series: {
      'tinyscheduler_schedule_troubles{reason="missed"}': '0x9 2x20 0x30',
      'tinyscheduler_schedule_troubles{reason="bad-ends"}': '0x60',
    },
    ...{ quiet: [9, 10], fires: 15, labels: { reason: 'missed' }, falls: 32 },
  },
  {
    ...{ alert: 'TinyschedulerScheduleFailing', what: 'a schedule ends badly again and again, then well' },
    series: {
      'tinyscheduler_schedule_troubles{reason="bad-ends"}': '0x9 1x20 0x30',
      'tinyscheduler_schedule_troubles{reason="missed"}': '0x60',
    },
    ...{ quiet: [9, 13], fires: 20, labels: { reason: 'bad-ends' }, falls: 32 },
  },
];
