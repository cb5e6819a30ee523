import type { SchedulerEvent } from '../activities/events.ts';
import type { Config } from '../config/config.ts';
import type { Figure } from './exposition.ts';
import type { Looked } from './look-thread.ts';

export interface OfProcess {
  role: 'daemon' | 'worker';
  version: string;
  config: Config;
}

/** With these Temporal is what failed. */
const TEMPORAL_AWAY = ['temporal-unreachable', 'temporal-stuck', 'temporal-failed'];

/** Whether Temporal answers, by what the watch of this process tells every few seconds. */
export class TemporalSeen {
  #isUp: boolean | undefined;

  hear(event: SchedulerEvent): void {
    if (event.what === 'temporal') this.#isUp = event.problem === null;
  }

  /** @param looked a look is the newer word, where it tells of Temporal; undefined: nobody looks */
  isUp(looked: Looked | 'late' | undefined): boolean | undefined {
    if (looked === undefined || looked === 'late') return this.#isUp;
    if (!('failed' in looked)) return true;
    return TEMPORAL_AWAY.includes(looked.failed.code ?? '') ? false : this.#isUp;
  }
}

/** What is known without a look, and how the look went. @param looked undefined: this process has nothing to look with yet, or is a worker */
export function processFigures(
  { role, version, config }: OfProcess,
  looked: Looked | 'late' | undefined,
  temporalUp: boolean | undefined,
): Figure[] {
  const { user, system } = process.cpuUsage();
  return [
    { name: 'tinyscheduler_build_info', labels: { version, role }, value: 1 },
    { name: 'process_start_time_seconds', value: performance.timeOrigin / 1_000 },
    { name: 'process_cpu_seconds_total', value: (user + system) / 1_000_000 },
    { name: 'process_resident_memory_bytes', value: process.memoryUsage.rss() },
    ...(temporalUp === undefined ? [] : [flag('tinyscheduler_temporal_up', temporalUp)]),
    ...(role === 'daemon' ? ofDaemon(config, looked) : []),
  ];
}

function ofDaemon(config: Config, looked: Looked | 'late' | undefined): Figure[] {
  const isThere = typeof looked === 'object' && !('failed' in looked);
  return [
    { name: 'tinyscheduler_loop_interval_seconds', value: config.loopIntervalMs / 1_000 },
    flag('tinyscheduler_look_up', isThere),
    ...(isThere ? [flag('tinyscheduler_tinytask_up', looked.tinytaskUp)] : []),
    ...(typeof looked === 'object'
      ? [{ name: 'tinyscheduler_look_duration_seconds', value: looked.tookMs / 1_000 } as const]
      : []),
  ];
}

function flag(name: Figure['name'], holds: boolean): Figure {
  return { name, value: holds ? 1 : 0 };
}
