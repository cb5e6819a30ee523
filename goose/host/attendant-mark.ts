import { ATTENDANT_VARIABLE } from '../marks.ts';
import { installationOf } from './owner.ts';

export type AttendantKind = 'temporal' | 'tinytask' | 'guardian';

/** What an attendant gets into its environment, by which it is found whatever became of those who started it. */
export async function attendantMark(kind: AttendantKind, stateDir: string): Promise<Record<string, string>> {
  return { [ATTENDANT_VARIABLE]: markValue(kind, await installationOf(stateDir)) };
}

/** The value of the mark. `installation`: that of the state directory, see owner.ts. */
export function markValue(kind: AttendantKind, installation: string): string {
  return `${kind}.${installation}`;
}
