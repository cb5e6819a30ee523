import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { occurrenceId, occurrenceTag, scheduleTag } from '../../contract/ids.ts';
import type { OccurrenceMemo } from '../../contract/occurrence.ts';
import { SCHEDULED_RUN } from '../../contract/workflows.ts';
import { COMMANDS_AGENT, type Definition, type Work } from '../../domain/schedule/definition.ts';
import type { Task } from '../../domain/task.ts';
import type { System } from './system.ts';

// Tasks of programs as an occurrence makes them, step by step: its workflow is there and has its memo, and nobody works on it.

/** A file of BIN_DIR, which is `bin` in the directory of the system. */
export async function program(system: System, name: string, text: string, mode = 0o755): Promise<string> {
  const path = join(system.dir, 'bin', name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

let made = 0;

/** A task, and the open workflow of the occurrence that has made it and says what it runs; `change` makes the memo another one. */
export async function commandTask(
  system: System,
  work: { command: string; args?: string[] } | Work,
  change: (memo: OccurrenceMemo) => unknown = (memo) => memo,
): Promise<Task & { occurrence: string }> {
  made += 1;
  const plannedMs = Date.UTC(2026, 0, 1, 3, 0, made);
  const occurrence = occurrenceId('nightly', plannedMs);
  const tags = [scheduleTag('nightly'), occurrenceTag(occurrence)];
  const task = await system.tinytask.create({ title: 'a program', createdBy: 'test', tags });
  const { id, createdAt } = task;
  const memo = change({
    ...{ schedule: 'nightly', plannedMs, phase: 'working', task: { id, createdAt } },
    begun: { definition: definitionOf(work), version: 1, number: made, lastEndMs: null },
  });
  await system.client.workflow.start(SCHEDULED_RUN, {
    ...{ workflowId: occurrence, taskQueue: 'nobody-polls-this', args: [{ schedule: 'nightly' }] },
    memo: { occurrence: memo },
  });
  await system.tinytask.update(id, { assignedTo: COMMANDS_AGENT });
  return { ...task, occurrence };
}

function definitionOf(work: { command: string; args?: string[] } | Work): Definition {
  return {
    ...{ name: 'nightly', timing: { kind: 'cron', cron: '0 3 * * *' }, timeZone: 'UTC' },
    work: 'kind' in work ? work : { kind: 'command', args: [], ...work },
    ...{ priority: 0, overlap: 'skip', catchUpMs: 3_600_000, jitterMs: 0 },
  };
}
