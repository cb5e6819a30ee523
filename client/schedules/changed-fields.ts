import type { ScheduleLine } from '../../contract/schedule.ts';
import type { WantedSchedule } from '../../contract/schedule-applied.ts';
import type { Definition } from '../../domain/schedule/definition.ts';
import { fieldsOf } from './fields-of.ts';
import { noteOfPause } from './note-of-pause.ts';

/** Names of the fields in which two definitions differ. */
export function changedFields(before: Definition, after: Definition): string[] {
  const [was, is]: Record<string, unknown>[] = [fieldsOf(before), fieldsOf(after)];
  const names = new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})]);
  return [...names].filter((name) => JSON.stringify(was?.[name]) !== JSON.stringify(is?.[name]));
}

/** Of a schedule and what it is to be: whether it is paused, and why. */
export function changedPause(
  { pause }: ScheduleLine,
  { paused, pauseNote }: Pick<WantedSchedule, 'paused' | 'pauseNote'>,
): string[] {
  if (paused === undefined) return [];
  if (paused !== (pause !== undefined)) return ['enabled'];
  const isSame = pause === undefined || pauseNote === undefined || pauseNote === noteOfPause(pause);
  return isSame ? [] : ['pause_note'];
}
