import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, bundleWorkflowCode } from '@temporalio/worker';

const source = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Other numbers in a bundle of workflows: nobody waits a minute in a test. */
export const withLittlePatience: NonNullable<BundleOptions['webpackConfigHook']> = (config) => {
  const patience = source('../../domain/schedule/patience.ts');
  const alias = { ...config.resolve?.alias, [patience]: source('little-patience.ts') };
  return { ...config, resolve: { ...config.resolve, alias } };
};

/** Our workflows, in which schedules have little patience; gives the path of their bundle in this directory. */
export async function impatientWorkflows(dir: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: source('../../workflows/index.ts'),
    payloadConverterPath: source('../../workflows/sdk/payload-converter.ts'),
    webpackConfigHook: withLittlePatience,
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  });
  const path = join(dir, 'workflows.js');
  await writeFile(path, code);
  return path;
}
