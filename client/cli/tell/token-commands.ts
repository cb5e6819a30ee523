import { isInForce, newToken, type Token } from '../../../api/tokens/token.ts';
import { changeTokens, readTokens } from '../../../api/tokens/token-file.ts';
import type { Scope } from '../../../contract/api.ts';
import { isoTime } from '../../json/iso-time.ts';
import { type Context, UsageError } from '../call/context.ts';
import { print, printJson, printLines, say } from '../show/print.ts';
import { table } from '../show/table.ts';

export interface CreateOptions {
  scope: Scope;
  name?: string;
  /** Milliseconds from now. */
  expires?: number;
  json?: true;
}

/** Whoever has more of them has lost sight of them. */
const MOST_TOKENS = 1_000;

/** `token create`: the token itself is printed this once; nobody can show it again. */
export async function createToken({ loaded }: Context, options: CreateOptions): Promise<number> {
  const { scope, name, expires, json } = options;
  const createdMs = Date.now();
  const made = newToken({
    ...{ name: name ?? scope, scope, createdMs },
    expiresMs: expires === undefined ? null : createdMs + expires,
  });
  await changeTokens(loaded.config.stateDir, (before) => {
    // Those that are over are of no use to anybody.
    const kept = before.filter((token) => isInForce(token, createdMs));
    if (kept.length >= MOST_TOKENS)
      throw new UsageError(`token create: there are ${kept.length} tokens; revoke those that nobody uses`);
    return { tokens: [...kept, made.token], answer: undefined };
  });
  if (json) {
    printJson({ ...tokenJson(made.token, createdMs), token: made.text });
    return 0;
  }
  const until =
    made.token.expiresMs === null ? 'until it is revoked' : `until ${isoTime(made.token.expiresMs)}`;
  say(`token ${made.token.id} for ${made.token.name}, scope ${scope}, ${until}; it is shown this once:`);
  print(made.text);
  return 0;
}

/** `token list`: never the tokens themselves, which nobody has kept. */
export async function listTokens({ loaded }: Context, { json }: { json?: true }): Promise<number> {
  const nowMs = Date.now();
  const tokens = await readTokens(loaded.config.stateDir);
  if (json) printJson({ tokens: tokens.map((token) => tokenJson(token, nowMs)) });
  else if (tokens.length === 0) print('There are no tokens.');
  else {
    const rows = tokens.map((token) => [
      ...[token.id, token.scope, isoTime(token.createdMs) ?? '?'],
      `${isoTime(token.expiresMs) ?? 'never'}${isInForce(token, nowMs) ? '' : ' (over)'}`,
      token.name,
    ]);
    printLines(table([['TOKEN', 'SCOPE', 'MADE', 'ENDS', 'NAME'], ...rows]));
  }
  return 0;
}

/** `token revoke`: it counts no more with the next request. Exit code 1 where there is no such token. */
export async function revokeToken({ loaded }: Context, id: string): Promise<number> {
  const found = await changeTokens(loaded.config.stateDir, (before) => {
    const tokens = before.filter((token) => token.id !== id);
    return { tokens, answer: before.find((token) => token.id === id) };
  });
  if (found === undefined) {
    say(`there is no token ${id}; \`token list\` names those that there are`);
    return 1;
  }
  print(`Token ${id} of ${found.name} counts no more.`);
  return 0;
}

function tokenJson(token: Token, nowMs: number): Record<string, unknown> {
  const { id, name, scope, createdMs, expiresMs } = token;
  return {
    ...{ id, name, scope, created: isoTime(createdMs), expires: isoTime(expiresMs) },
    in_force: isInForce(token, nowMs),
  };
}
