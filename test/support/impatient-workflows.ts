import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundle } from '@temporalio/worker';

const source = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const OTHER_NUMBERS = { [source('../../domain/schedule/patience.ts')]: source('little-patience.ts') };

/** The workflows of a file, by its path from here, in which schedules have little patience: nobody waits a minute in a test. */
export function impatientBundle(workflows: string): Promise<WorkflowBundle> {
  return bundleWorkflowCode({
    workflowsPath: source(workflows),
    payloadConverterPath: source('../../workflows/sdk/payload-converter.ts'),
    webpackConfigHook: (config) => ({
      ...config,
      resolve: { ...config.resolve, alias: { ...config.resolve?.alias, ...OTHER_NUMBERS } },
    }),
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  });
}

// Once for all systems of a process.
let ours: Promise<WorkflowBundle> | undefined;

/** Our workflows like that; gives the path of their bundle in this directory. */
export async function impatientWorkflows(dir: string): Promise<string> {
  ours ??= impatientBundle('../../workflows/index.ts');
  const { code } = await ours;
  const path = join(dir, 'workflows.js');
  await writeFile(path, code);
  return path;
}
