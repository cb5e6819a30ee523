import { readFileSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const IMPORT = /^(?:import|export) (?!type )(?:[^;]*? from )?'(\.[^']+)'/gms;

/** All modules of ours that run inside workflows: those that the first one imports, and so on. */
function modulesOf(first: string): string[] {
  const found = new Set([first]);
  for (const file of found)
    for (const [, path = ''] of readFileSync(`${ROOT}${file}`, 'utf8').matchAll(IMPORT))
      found.add(normalize(`${dirname(file)}/${path}`));
  return [...found];
}

// They run once for all workflows of a process (`preloadModules`): what one keeps, another one would find.
test('no module that runs inside workflows keeps anything', () => {
  const modules = modulesOf('workflows/index.ts');
  expect(modules).toContain('domain/slots/grant.ts');
  const keeping = modules.flatMap((file) => {
    const lines = readFileSync(`${ROOT}${file}`, 'utf8').split('\n');
    return lines
      .filter((line) =>
        /^(export )?(let|var) |^(export )?const \w+(: [^=]+)? = new (Map|Set|WeakMap|WeakSet)\b.*\(\);/.test(
          line,
        ),
      )
      .map((line) => `${file}: ${line}`);
  });
  expect(keeping).toEqual([]);
});
