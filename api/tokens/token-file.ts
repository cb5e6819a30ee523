import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SCOPES } from '../../contract/api.ts';
import { oneAtATime } from '../../os/one-at-a-time.mjs';
import { writeWholeFile } from '../../os/whole-file.ts';
import type { Token } from './token.ts';

const shape = z.array(
  z.strictObject({
    id: z.string().regex(/^[0-9a-f]{8}$/),
    name: z.string().min(1).max(100),
    scope: z.enum(SCOPES),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    createdMs: z.int(),
    expiresMs: z.int().nullable(),
  }),
);

/** A file of tokens that must not be gone by, or be written over. */
export class TokenFileError extends Error {
  override readonly name = 'TokenFileError';
}

/** Where the tokens of a state directory are. */
export function tokenPath(stateDir: string): string {
  return join(stateDir, 'api-tokens.json');
}

/** The tokens, the oldest first; none where there is no file. @throws TokenFileError */
export async function readTokens(stateDir: string): Promise<Token[]> {
  const path = tokenPath(stateDir);
  try {
    const text = await readFile(path, 'utf8');
    refuseOpen(path);
    return shape.parse(JSON.parse(text));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    if (error instanceof TokenFileError) throw error;
    const why =
      error instanceof z.ZodError || error instanceof SyntaxError ? 'it is no list of tokens' : error;
    throw new TokenFileError(
      `The tokens in ${path} cannot be read (${why instanceof Error ? why.message : why}).`,
      { cause: error },
    );
  }
}

/** Somebody else who may write there makes tokens; who may read there learns who has some. */
function refuseOpen(path: string): void {
  const { mode, uid } = statSync(path);
  const us = process.getuid?.();
  if ((mode & 0o077) !== 0)
    throw new TokenFileError(`Others may read or write ${path}: \`chmod 600\` it, and look who has written.`);
  if (us !== undefined && uid !== us && uid !== 0)
    throw new TokenFileError(`${path} belongs to another user, so its tokens do not count.`);
}

/** Changes the tokens; two who do so at once do it one after the other. @throws TokenFileError */
export async function changeTokens<Answer>(
  stateDir: string,
  change: (tokens: readonly Token[]) => { tokens: Token[]; answer: Answer },
): Promise<Answer> {
  const path = tokenPath(stateDir);
  return oneAtATime(`${path}.lock`, async () => {
    const { tokens, answer } = change(await readTokens(stateDir));
    await writeWholeFile(path, `${JSON.stringify(tokens, null, 2)}\n`);
    return answer;
  });
}
