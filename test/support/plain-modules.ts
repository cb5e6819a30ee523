import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const EMBEDDED = fileURLToPath(new URL('../../embedded', import.meta.url));

/** Copies what of embedded/ runs without a build, which the scripts need, into a project made for a test. */
export function copyPlainModules(project: string): void {
  cpSync(EMBEDDED, join(project, 'embedded'), { recursive: true, filter: (path) => !path.endsWith('.ts') });
}
