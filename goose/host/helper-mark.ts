import { HELPER_VARIABLE } from '../start/marks.ts';
import { installationOf } from './owner.ts';

export type HelperKind = 'temporal' | 'tinytask' | 'api' | 'guardian';

/** What a helper process gets into its environment: by that it is found, whatever became of the process that started it. */
export async function helperMark(kind: HelperKind, stateDir: string): Promise<Record<string, string>> {
  return { [HELPER_VARIABLE]: markValue(kind, await installationOf(stateDir)) };
}

/** The value of the mark. `installation`: that of the state directory, see owner.ts. */
export function markValue(kind: HelperKind, installation: string): string {
  return `${kind}.${installation}`;
}
