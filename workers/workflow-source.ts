import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';

const BUILT = fileURLToPath(new URL('../workflows/bundle.js', import.meta.url));

/** @param bundle path of the one that the build made; where there is none, the SDK makes one like it from the sources */
export function workflowSource(
  bundle = BUILT,
): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'bundlerOptions'> {
  if (existsSync(bundle)) return { workflowBundle: { codePath: bundle } };
  const source = (name: string) => fileURLToPath(new URL(`../workflows/${name}`, import.meta.url));
  return {
    workflowsPath: source('index.ts'),
    bundlerOptions: {
      preloadModules: [source('index.ts')],
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
