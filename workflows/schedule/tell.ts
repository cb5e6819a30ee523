import { setCurrentDetails } from '@temporalio/workflow';
import type { Memos } from '../../contract/memos.ts';
import { stateOf } from '../../domain/schedule/edit.ts';
import { figuresOf } from '../../domain/schedule/ended.ts';
import { writeMemo } from '../sdk/memo.ts';
import { setSchedulePhase } from '../sdk/search-attributes.ts';
import type { ScheduleState } from './schedule-state.ts';

/** Tells how the schedule is: in its memo, in its search attribute, and to people at the Web UI. */
export class Teller {
  #schedule = '';
  #now = '';
  #phase = '';

  tell({ kept, nextMs = [] }: ScheduleState): void {
    if (kept === undefined) return;
    kept.memo.now = figuresOf(kept, nextMs, Date.now());
    const { schedule, now } = kept.memo;
    const changed: Partial<Memos['schedule']> = {};
    const [scheduleText, nowText] = [JSON.stringify(schedule), JSON.stringify(now)];
    if (scheduleText !== this.#schedule) changed.schedule = schedule;
    if (nowText !== this.#now) changed.now = now;
    this.#schedule = scheduleText;
    this.#now = nowText;
    if (Object.keys(changed).length > 0) writeMemo<'schedule'>(changed);
    const phase = now.problems === undefined ? stateOf(schedule) : 'troubled';
    if (phase !== this.#phase) setSchedulePhase(phase);
    this.#phase = phase;
    setCurrentDetails(sayIt(kept.memo, phase));
  }
}

/** For people. */
function sayIt({ schedule, now }: Memos['schedule'], phase: string): string {
  const next = now.nextMs === undefined ? '' : ` Next: ${new Date(now.nextMs).toISOString()}.`;
  return `Version ${schedule.version}, ${phase}. ${now.count} began, ${now.open} under way.${next}`;
}
