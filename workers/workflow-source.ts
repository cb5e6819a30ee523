import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';

const BUNDLE = fileURLToPath(new URL('../workflows/bundle.js', import.meta.url));

/** The bundle that the build made; from sources (in tests) the SDK makes one like it. */
export function workflowSource(): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'bundlerOptions'> {
  if (existsSync(BUNDLE)) return { workflowBundle: { codePath: BUNDLE } };
  const source = (name: string) => fileURLToPath(new URL(`../workflows/${name}`, import.meta.url));
  return {
    workflowsPath: source('index.ts'),
    bundlerOptions: {
      // As a path in the worker's options it would have to be JavaScript, since the worker loads it, too.
      webpackConfigHook(config) {
        const alias = {
          ...config.resolve?.alias,
          __temporal_custom_payload_converter$: source('sdk/payload-converter.ts'),
        };
        return { ...config, resolve: { ...config.resolve, alias } };
      },
    },
  };
}
