// Bundles the workflows once, so that a worker need not do it at each start (1 s and 100 MB).
// Usage: node scripts/bundle-workflows.mjs [workflows/index.ts [dist/workflows/bundle.js]]
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { root } from './sources.mjs';

const [source = join(root, 'workflows/index.ts'), target = join(root, 'dist/workflows/bundle.js')] =
  process.argv.slice(2);
const { code } = await bundleWorkflowCode({
  workflowsPath: resolve(source),
  // Run once, and not again for each workflow: none of our modules keeps anything (test/workflows/modules.test.ts).
  preloadModules: [resolve(source)],
  payloadConverterPath: join(root, 'workflows/sdk/payload-converter.ts'),
  logger: new DefaultLogger('WARN'),
});
mkdirSync(dirname(target), { recursive: true });
writeFileSync(`${target}.tmp`, code);
renameSync(`${target}.tmp`, target);
