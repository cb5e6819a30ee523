import { locateGoose } from '../../embedded/tools/tool-cache.mjs';

/** The goose that tests run: the named one, on PATH, or in the tool cache. Throws if there is none. */
export function gooseBin(): string {
  const found = locateGoose({ env: process.env });
  if (found !== undefined) return found.path;
  throw new Error(
    'these tests run the real goose, and there is none: `npm test` fetches it, see scripts/tools.mjs',
  );
}
