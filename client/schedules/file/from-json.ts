import type { Surroundings } from '../surroundings.ts';
import type { ReadDescription } from './description-file.ts';
import { readSchedules } from './read-file.ts';

/** A document as `schedule export --json` writes it. */
export interface SchedulesDocument {
  defaults?: unknown;
  schedules: readonly unknown[];
}

/** Whoever sends a document has files elsewhere. */
const noFiles: ReadDescription = async () => ({
  problem: 'a document that is sent has no files: put the text into description',
});

const HEAD_LINES = 3;

/**
 * Reads a document that was not read from a file, by the same rules: JSON is YAML. Each schedule is on a line of its own, so that
 * `placeOf` knows by the line of a problem which one it is.
 */
export async function schedulesFromJson({ defaults, schedules }: SchedulesDocument, around: Surroundings) {
  const lines = schedules.map((schedule) => JSON.stringify(schedule));
  const text = `{"defaults": ${JSON.stringify(defaults ?? {})},\n"schedules":\n[\n${lines.join(',\n')}\n]}`;
  return readSchedules(text, around, noFiles);
}

/** Where in the document a line is: `schedules.3`, `defaults`. */
export function placeOf(line: number | null): string {
  if (line === null) return 'schedules';
  return line <= HEAD_LINES ? 'defaults' : `schedules.${line - HEAD_LINES - 1}`;
}
