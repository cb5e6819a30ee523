import { lstat, readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { nameProblem } from '../domain/names.ts';

/** An entry of the agent control file, as it is written there. */
export interface ControlEntry {
  agentName: string;
  agentType: string;
  limit?: number | undefined;
  hostGroup?: string | undefined;
  workingDir?: string | undefined;
}

export type ControlFile =
  | { state: 'missing' }
  | { state: 'broken'; problems: string[] }
  | { state: 'good'; entries: ControlEntry[] };

export const MAX_CONTROL_FILE_BYTES = 1024 * 1024;
const MOST_PROBLEMS = 10;

const named = z.string().superRefine((text, context) => {
  const problem = text === '' ? 'is empty' : nameProblem(text);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

const entry = z.object({
  agentName: named,
  agentType: named,
  limit: z.int().min(0).max(1000).optional(),
  hostGroup: named.optional(),
  workingDir: z.string().min(1).optional(),
});

/** Reads and checks the agent control file; every way in which it can be wrong is a result, not an exception. */
export async function readControlFile(path: string): Promise<ControlFile> {
  let text: string;
  try {
    const facts = await stat(path);
    if (!facts.isFile()) return { state: 'broken', problems: ['it is not a file'] };
    if (facts.size > MAX_CONTROL_FILE_BYTES) {
      return {
        state: 'broken',
        problems: [`it has ${facts.size} bytes, more than the ${MAX_CONTROL_FILE_BYTES} that are read`],
      };
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (await isMissing(path)) return { state: 'missing' };
    return { state: 'broken', problems: [`it cannot be read (${(error as Error).message})`] };
  }
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const reason = text.trim() === '' ? 'it is empty' : `it is not JSON (${(error as Error).message})`;
    return { state: 'broken', problems: [reason] };
  }
  return checkEntries(data);
}

/** A link that leads nowhere is not missing: somebody meant a file to be there. */
async function isMissing(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return false;
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

/** Checks the JSON value of a control file. */
export function checkEntries(data: unknown): ControlFile {
  if (!Array.isArray(data)) {
    return {
      state: 'broken',
      problems: ['it must be a JSON array such as [{"agentName": "vaela", "agentType": "dev"}]'],
    };
  }
  const entries: ControlEntry[] = [];
  const problems: string[] = [];
  const positions = new Map<string, number>();
  for (const [index, item] of data.entries()) {
    const result = entry.safeParse(item);
    if (!result.success) {
      problems.push(
        ...result.error.issues.map((issue) =>
          [`entry ${index + 1}`, ...issue.path.map(String)].join(', ').concat(`: ${issue.message}`),
        ),
      );
      continue;
    }
    const { agentName } = result.data;
    const first = positions.get(agentName);
    if (first !== undefined) {
      problems.push(`entry ${index + 1}, agentName: ${JSON.stringify(agentName)} is already entry ${first}`);
      continue;
    }
    positions.set(agentName, index + 1);
    entries.push(result.data);
  }
  if (problems.length === 0) return { state: 'good', entries };
  const more = problems.length - MOST_PROBLEMS;
  return {
    state: 'broken',
    problems: more > 0 ? [...problems.slice(0, MOST_PROBLEMS), `and ${more} more`] : problems,
  };
}
