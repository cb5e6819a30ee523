import { isAbsolute, join } from 'node:path';

/**
 * What a session of goose has used so far. goose's stream says it at the end only, so it is read where goose keeps it: after
 * each answer of the model it adds what the provider has reported. Null where that cannot be read, or the provider reports
 * nothing; never throws.
 *
 * @param session its name, as goose's banner has it
 */
export async function tokensOfSession(
  env: Readonly<Record<string, string | undefined>>,
  session: string,
): Promise<number | null> {
  const path = databaseOf(env);
  if (path === undefined) return null;
  try {
    const { default: Database } = await import('libsql');
    const database = new Database(path, { readonly: true, fileMustExist: true });
    try {
      const row = database
        .prepare('SELECT accumulated_total_tokens AS tokens FROM sessions WHERE id = ?')
        .get(session) as { tokens?: unknown } | undefined;
      return typeof row?.tokens === 'number' && row.tokens > 0 ? row.tokens : null;
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
}

/** As `goose info` says it, by goose's environment. */
function databaseOf({ GOOSE_PATH_ROOT, XDG_DATA_HOME, HOME }: Readonly<Record<string, string | undefined>>) {
  const database = 'sessions/sessions.db';
  if (GOOSE_PATH_ROOT && isAbsolute(GOOSE_PATH_ROOT)) return join(GOOSE_PATH_ROOT, 'data', database);
  if (XDG_DATA_HOME && isAbsolute(XDG_DATA_HOME)) return join(XDG_DATA_HOME, 'goose', database);
  return HOME && isAbsolute(HOME) ? join(HOME, '.local/share/goose', database) : undefined;
}
