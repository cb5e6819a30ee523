import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './documents.ts';

/** Copies what runs without a build, which the scripts need, into a project made for a test. */
export function copyPlainModules(project: string): void {
  for (const folder of ['embedded', 'os'])
    cpSync(join(ROOT, folder), join(project, folder), {
      recursive: true,
      filter: (path) => !path.endsWith('.ts'),
    });
}
