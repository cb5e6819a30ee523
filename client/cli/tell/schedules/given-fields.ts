import { readFileSync } from 'node:fs';
import type { FieldName } from '../../../../contract/schedule-problem.ts';
import { sayDefinitionProblem, sayDefinitionWarning } from '../../../../words/schedule-problem.ts';
import { definitionOf, type Good } from '../../../schedules/definition.ts';
import type { DefinitionFields } from '../../../schedules/fields.ts';
import { isField } from '../../../schedules/given.ts';
import { withMidnight } from '../../../schedules/read-time.ts';
import type { Surroundings } from '../../../schedules/surroundings.ts';
import { UsageError } from '../../call/context.ts';
import { say } from '../../show/print.ts';

/** What of a definition is said on a command line. Texts as they were typed. */
export interface GivenOptions {
  cron?: string;
  every?: string;
  at?: string;
  calendar?: string;
  timezone?: string;
  title?: string;
  description?: string;
  descriptionFile?: string;
  priority?: string;
  recipe?: string;
  agent?: string;
  queue?: string;
  tag?: string[];
  command?: string;
  arg?: string[];
  jobKey?: string;
  maxPerJob?: string;
  maxGlobal?: string;
  overlap?: string;
  catchup?: string;
  jitter?: string;
  start?: string;
  end?: string;
  remaining?: string;
  /** True: without a number. */
  pauseOnFailure?: string | true;
}

/** Bad ends in a row after which `--pause-on-failure` alone pauses it. */
const BAD_ENDS_ALONE = 3;
/** Bytes of a description; a larger file is none. */
const LARGEST_DESCRIPTION = 200_000;

/** The fields that were given. @throws UsageError where the file with the description cannot be used */
export function fieldsGiven(options: GivenOptions): DefinitionFields {
  const { descriptionFile, description, tag, arg, pauseOnFailure, jobKey, maxPerJob, maxGlobal, ...same } =
    options;
  const { start, end } = options;
  if (description !== undefined && descriptionFile !== undefined)
    throw new UsageError('give --description or --description-file, not both');
  const all = {
    ...same,
    ...{ start: start && withMidnight(start), end: end && withMidnight(end) },
    description: descriptionFile === undefined ? description : readDescription(descriptionFile),
    ...{ tags: tag, args: arg, job_key: jobKey, max_per_job: maxPerJob, max_global: maxGlobal },
    pause_on_failure: pauseOnFailure === true ? String(BAD_ENDS_ALONE) : pauseOnFailure,
  };
  // Options of all commands are among them, where they stand after this one.
  return Object.fromEntries(
    Object.entries(all).filter(([name, value]) => value !== undefined && isField(name)),
  );
}

function readDescription(path: string): string {
  const bytes = readOrRefuse(path);
  if (bytes.length > LARGEST_DESCRIPTION)
    throw new UsageError(`--description-file: ${JSON.stringify(path)} has ${bytes.length} bytes, too many`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`--description-file: ${JSON.stringify(path)} is no text in UTF-8`);
  }
}

function readOrRefuse(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(
      `--description-file: ${JSON.stringify(path)} cannot be read: ${(error as Error).message}`,
    );
  }
}

const OPTIONS: Partial<Record<FieldName, string>> = {
  name: 'NAME',
  tags: '--tag',
  args: '--arg',
  enabled: '--paused',
  pause_note: '--note',
};

/** What a field is called on the command line. */
function optionOf(field: FieldName): string {
  return OPTIONS[field] ?? `--${field.replaceAll('_', '-')}`;
}

/**
 * A definition that can be used; its warnings are said.
 *
 * @param verb what was to be done, which was not, if there are problems
 * @throws UsageError with all problems
 */
export async function readDefinition(
  verb: string,
  fields: DefinitionFields,
  around: Surroundings,
): Promise<Good> {
  const read = await definitionOf(fields, around);
  if ('problems' in read) {
    const problems = read.problems.map((problem) => sayDefinitionProblem(problem, optionOf));
    throw new UsageError([`schedule ${verb}: nothing was done`, ...problems].join('\n'));
  }
  for (const warning of read.warnings) say(sayDefinitionWarning(warning, optionOf));
  return read;
}
