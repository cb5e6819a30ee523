import type { FileProblem, FileWarning } from '../contract/schedule-file.ts';
import type { FieldName } from '../contract/schedule-problem.ts';
import { quoted, sayDefinitionProblem, sayDefinitionWarning } from './schedule-problem.ts';

const asKey = (field: FieldName) => field;

/** A problem of a file with schedules, with its line and the schedule that it belongs to: `line 4: nightly: …`. */
export function sayFileProblem(problem: FileProblem): string {
  return `${sayPlace(problem)}${sayFileProblemAt(problem, (line) => `on line ${line}`)}`;
}

/** What a person should know of a schedule of a file, with the same. */
export function sayFileWarning(told: FileWarning): string {
  return `${sayPlace(told)}${sayDefinitionWarning(told.warning, asKey)}`;
}

function sayPlace({ line, schedule }: { line: number | null; schedule?: string }): string {
  const name =
    schedule === undefined ? '' : `${/^[\w.-]{1,64}$/.test(schedule) ? schedule : quoted(schedule)}: `;
  return `${line === null ? '' : `line ${line}: `}${name}`;
}

/** The same without where it is. @param called what a line that it names is called, such as `on line 3` */
export function sayFileProblemAt(problem: FileProblem, called: (line: number) => string): string {
  switch (problem.code) {
    case 'unreadable':
      return `it cannot be read: ${problem.text}`;
    case 'too-large':
      return `it has more than ${problem.most / 1_048_576} MiB: make several files of it, or put long descriptions into files of their own (description_file)`;
    case 'too-many-parts':
      return 'it has more keys, values and signs than 10,000 schedules have: make several files of it';
    case 'not-utf-8':
      return 'it is no text in UTF-8';
    case 'not-yaml':
      return `it is not YAML: ${problem.text}`;
    case 'no-schedules':
      return 'it has no list of schedules: write them under "schedules:" ("schedules: []" where there are none)';
    case 'too-many-schedules':
      return `there are more than ${problem.most} schedules`;
    case 'not-a-mapping':
      return sayNoMapping(problem.what);
    case 'not-a-list':
      return '"schedules" is no list: begin each schedule with "- name: …"';
    case 'unknown-key': {
      const mend =
        problem.nearest === undefined
          ? sayKnown(problem.known)
          : `; perhaps ${quoted(problem.nearest)} is meant`;
      return `${quoted(problem.key)} is no key here${mend}`;
    }
    case 'merge-key':
      return '"<<" is no key of YAML 1.2: what schedules have in common goes under "defaults:"';
    case 'key-twice':
      return `${quoted(problem.key)} is ${called(problem.firstLine)} already: keep one of them`;
    case 'name-twice':
      return `there is a schedule ${quoted(problem.name)} ${called(problem.firstLine)} already: choose another name`;
    case 'name-in-defaults':
      return 'each schedule has a name of its own: none goes under "defaults:"';
    case 'two-descriptions':
      return 'there are description and description_file: keep one of them';
    case 'description-file':
      return `description_file is ${quoted(problem.path)}: ${problem.text}`;
    case 'not-finished':
      return 'finished: only of a schedule whose times are over it can be said that it is finished (true)';
    case 'over':
      return `${sayDefinitionProblem(problem.problem, asKey)} Where that is meant, write "finished: true".`;
    case 'definition':
      return sayDefinitionProblem(problem.problem, asKey);
  }
}

function sayNoMapping(what: 'document' | 'defaults' | 'schedule'): string {
  switch (what) {
    case 'document':
      return 'a file of schedules begins with "schedules:", and "defaults:" where they have something in common';
    case 'defaults':
      return '"defaults" has no keys: write such as "timezone: Europe/Berlin" below it';
    case 'schedule':
      return 'this is no schedule: write "- name: …", and its other keys below the name';
  }
}

function sayKnown(known: readonly string[]): string {
  return known.length === 0 ? '' : `; the keys are ${known.join(', ')}`;
}
