import { isMap, isSeq, type Node, type YAMLMap } from 'yaml';
import {
  type FilePlace,
  type FileProblem,
  type FileWarning,
  MOST_SCHEDULES,
} from '../../../contract/schedule-file.ts';
import type { DefinitionProblem } from '../../../contract/schedule-problem.ts';
import { definitionOf, type Good } from '../definition.ts';
import { type DefinitionFields, withFields } from '../fields.ts';
import { isField, nearestField } from '../given.ts';
import { fieldsAbout } from '../problem-fields.ts';
import type { Surroundings } from '../surroundings.ts';
import type { ReadDescription } from './description-file.ts';
import { type Entry, entriesOf, plainValue, type Tell } from './mapping.ts';
import { readYaml, type YamlText } from './yaml-text.ts';

/** A schedule of a file, with its line; `over` where the file does not say itself that it is finished. */
export interface Wanted extends Good {
  line: number;
}

interface SchedulesFile {
  wanted: Wanted[];
  /** Where there are any, nothing of the file counts. */
  problems: FileProblem[];
  warnings: FileWarning[];
}

/** Keys of a document. One that begins with `x-` is a place for anchors. */
const KEYS = ['schedules', 'defaults'] as const;

/** Fields, and the lines on which they are. */
interface Lined {
  fields: Record<string, unknown>;
  lines: Map<string, number>;
}
const NONE: Lined = { fields: {}, lines: new Map() };

/**
 * Reads the text of a file of schedules. All its problems are told, in the order of their lines.
 * @param readDescription of one that has a file of its own
 */
export async function readSchedules(
  text: string,
  around: Surroundings,
  readDescription: ReadDescription,
): Promise<SchedulesFile> {
  const yaml = readYaml(text);
  if ('problems' in yaml) return { wanted: [], problems: yaml.problems, warnings: [] };
  const reader = new Reader(yaml, around, readDescription);
  for (const content of yaml.contents) await reader.takeDocument(content);
  if (!reader.hasList && reader.problems.length === 0)
    reader.problems.push({ line: null, code: 'no-schedules' });
  const { wanted, problems, warnings } = reader;
  return { wanted, problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)), warnings };
}

class Reader {
  hasList = false;
  readonly wanted: Wanted[] = [];
  readonly problems: FileProblem[] = [];
  readonly warnings: FileWarning[] = [];
  readonly #lineOfName = new Map<string, number>();
  readonly #toldOfDefaults = new Set<string>();
  #count = 0;

  constructor(
    readonly yaml: YamlText,
    readonly around: Surroundings,
    readonly readDescription: ReadDescription,
  ) {}

  readonly #tell: Tell = (problem) => this.problems.push(problem);

  async takeDocument(content: Node): Promise<void> {
    const line = this.yaml.lineOf(content);
    const map = this.yaml.resolved(content);
    if (!isMap(map)) return void this.#tell({ line, code: 'not-a-mapping', what: 'document' });
    const entries = entriesOf(map, this.yaml, this.#tell);
    for (const [key, at] of entries) {
      if (KEYS.some((known) => known === key) || key.startsWith('x-')) continue;
      this.#tell({ line: at.line, code: 'unknown-key', key, known: KEYS, ...nearestField(key, KEYS) });
    }
    const defaults = await this.#defaultsOf(entries.get('defaults'));
    const list = entries.get('schedules');
    if (list === undefined) return;
    this.hasList = true;
    if (!isSeq(list.value)) return void this.#tell({ line: list.line, code: 'not-a-list' });
    for (const item of list.value.items as Node[]) {
      this.#count += 1;
      if (this.#count === MOST_SCHEDULES + 1) {
        this.#tell({ line: this.yaml.lineOf(item), code: 'too-many-schedules', most: MOST_SCHEDULES });
      }
      if (this.#count <= MOST_SCHEDULES) await this.#takeSchedule(item, defaults);
    }
  }

  async #defaultsOf(entry: Entry | undefined): Promise<Lined> {
    if (entry === undefined) return NONE;
    const { line, value } = entry;
    if (!isMap(value)) {
      this.#tell({ line, code: 'not-a-mapping', what: 'defaults' });
      return NONE;
    }
    const defaults = await this.#fieldsOf(value);
    for (const key of Object.keys(defaults.fields)) {
      const line = defaults.lines.get(key) ?? null;
      if (key === 'name') this.#tell({ line, code: 'name-in-defaults' });
      else if (isField(key)) continue;
      else {
        const problem = { code: 'unknown-field' as const, key, ...nearestField(key) };
        this.#tell({ line, code: 'definition', problem });
      }
      delete defaults.fields[key];
    }
    return defaults;
  }

  /** What is wrong with a default is told once, not of each schedule. */
  #tellOfDefaults(line: number, problem: DefinitionProblem): void {
    const text = `${line} ${JSON.stringify(problem)}`;
    if (this.#toldOfDefaults.has(text)) return;
    this.#toldOfDefaults.add(text);
    this.#tell({ line, code: 'definition', problem });
  }

  async #takeSchedule(item: Node, defaults: Lined): Promise<void> {
    const line = this.yaml.lineOf(item);
    const map = this.yaml.resolved(item);
    if (!isMap(map)) return void this.#tell({ line, code: 'not-a-mapping', what: 'schedule' });
    const own = await this.#fieldsOf(map);
    const { finished, ...written } = own.fields;
    const { name } = written;
    const place = typeof name === 'string' && name !== '' ? { schedule: name } : {};
    const fields = withFields(defaults.fields as DefinitionFields, written as DefinitionFields);
    const read = await definitionOf(fields, this.around, { mayBeOver: true });
    const placeOf = (about: readonly string[] = []): FilePlace => ({
      ...{ line: lastLine(about, own.lines) ?? line, ...place },
    });
    for (const warning of read.warnings) this.warnings.push({ ...placeOf(), warning });
    if ('problems' in read) {
      for (const problem of read.problems) {
        const about = fieldsAbout(problem);
        const ofDefaults = about.some((field) => own.lines.has(field))
          ? undefined
          : lastLine(about, defaults.lines);
        if (ofDefaults !== undefined) this.#tellOfDefaults(ofDefaults, problem);
        else this.#tell({ ...placeOf(about), code: 'definition', problem });
      }
    } else if (isYes(finished) && read.over !== undefined) {
      const { over, ...finishedOne } = read;
      this.wanted.push({ ...finishedOne, line });
    } else {
      if (isYes(finished) !== false) this.#tell({ ...placeOf(['finished']), code: 'not-finished' });
      this.wanted.push({ ...read, line });
    }
    if (place.schedule === undefined) return;
    const firstLine = this.#lineOfName.get(place.schedule);
    if (firstLine === undefined) this.#lineOfName.set(place.schedule, line);
    else this.#tell({ ...placeOf(['name']), code: 'name-twice', name: place.schedule, firstLine });
  }

  /** With the text of the file that `description_file` names as the description. */
  async #fieldsOf(map: YAMLMap): Promise<Lined> {
    const entries = entriesOf(map, this.yaml, this.#tell);
    const lines = new Map([...entries].map(([key, { line }]) => [key, line]));
    const fields = Object.fromEntries(
      [...entries].map(([key, { value }]) => [key, plainValue(value, this.yaml)]),
    );
    const { description_file: path, ...others } = fields;
    const line = lines.get('description_file') ?? null;
    if (path === undefined || path === '') return { fields: others, lines };
    if ('description' in others) this.#tell({ line, code: 'two-descriptions' });
    const read = await this.readDescription(path);
    if ('text' in read) return { fields: { ...others, description: read.text }, lines };
    this.#tell({ line, code: 'description-file', path: String(path), text: read.problem });
    return { fields: others, lines };
  }
}

/** Undefined where it is neither yes nor no. */
function isYes(value: unknown): boolean | undefined {
  if (value === undefined || value === '') return false;
  return { true: true, yes: true, false: false, no: false }[String(value).toLowerCase()];
}

function lastLine(fields: readonly string[], lines: ReadonlyMap<string, number>): number | undefined {
  const there = fields.flatMap((field) => lines.get(field) ?? []);
  return there.length === 0 ? undefined : Math.max(...there);
}
