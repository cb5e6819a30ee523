import type { DefinitionProblem, DefinitionWarning } from './schedule-problem.ts';

// What is wrong with a file of schedules, as facts; words/schedule-file.ts says it.

/** No file has more schedules. */
export const MOST_SCHEDULES = 10_000;

/** By code, the facts that go with it. */
interface FileProblemFacts {
  /** `text`: what the system says. */
  unreadable: { text: string };
  'too-large': { most: number };
  /** It has more parts than that many schedules could have, such as a million commas. */
  'too-many-parts': object;
  'not-utf-8': object;
  /** `text`: of the reader of YAML. */
  'not-yaml': { text: string };
  /** No document of it has a list of schedules. */
  'no-schedules': object;
  'too-many-schedules': { most: number };
  /** `what`: where a mapping or a list has to be. */
  'not-a-mapping': { what: 'document' | 'defaults' | 'schedule' };
  'not-a-list': object;
  /** Of the document. */
  'unknown-key': { key: string; known: readonly string[]; nearest?: string };
  /** A merge key, which is of YAML 1.1. */
  'merge-key': object;
  'key-twice': { key: string; firstLine: number };
  'name-twice': { name: string; firstLine: number };
  /** Of what all schedules have, a name. */
  'name-in-defaults': object;
  'two-descriptions': object;
  /** `text`: why, as a clause. */
  'description-file': { path: string; text: string };
  /** It says that it is finished, and there is something left of it. */
  'not-finished': object;
  /** Nothing of it will come any more, though it is new, or has this only now. */
  over: { problem: DefinitionProblem };
  definition: { problem: DefinitionProblem };
}

export type FileProblemCode = keyof FileProblemFacts;
/** Where: the line from 1 on, null where no line is to blame; and the schedule that it belongs to. */
export interface FilePlace {
  line: number | null;
  schedule?: string;
}
export type FileProblem = {
  [Code in FileProblemCode]: FilePlace & { code: Code } & FileProblemFacts[Code];
}[FileProblemCode];

export type FileWarning = FilePlace & { warning: DefinitionWarning };
