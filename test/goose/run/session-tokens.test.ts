import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { expect, test } from 'vitest';
import { tokensOfSession } from '../../../goose/run/session-tokens.ts';
import { temporaryFolder } from '../../support/stub-runs.ts';

/** A database as goose has it, as far as it is read. */
function keep(folder: string, tokens: number | null): void {
  mkdirSync(folder, { recursive: true });
  const database = new Database(join(folder, 'sessions.db'));
  database.exec('CREATE TABLE sessions (id TEXT PRIMARY KEY, accumulated_total_tokens INTEGER)');
  database.prepare('INSERT INTO sessions VALUES (?, ?)').run('20261121_1', tokens);
  database.close();
}

test('goose keeps its sessions where its environment says', async () => {
  using folder = temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  keep(at('home/.local/share/goose/sessions'), 1);
  keep(at('xdg/goose/sessions'), 2);
  keep(at('root/data/sessions'), 3);
  const home = { HOME: at('home') };
  const tokens = (env: Record<string, string>, session = '20261121_1') => tokensOfSession(env, session);
  expect(await tokens(home)).toBe(1);
  expect(await tokens({ ...home, XDG_DATA_HOME: at('xdg') })).toBe(2);
  expect(await tokens({ ...home, XDG_DATA_HOME: at('xdg'), GOOSE_PATH_ROOT: at('root') })).toBe(3);
  expect(await tokens({ ...home, XDG_DATA_HOME: 'relative', GOOSE_PATH_ROOT: '' })).toBe(1);
  expect(await tokens(home, '20261121_2')).toBeNull();
  expect(await tokens({})).toBeNull();
});

test('what cannot be read, or is not counted, is unknown', async () => {
  using folder = temporaryFolder();
  const place = (name: string) => join(folder.path, name, '.local/share/goose/sessions');
  const tokens = (name: string) => tokensOfSession({ HOME: join(folder.path, name) }, '20261121_1');
  keep(place('nothing-reported'), null);
  keep(place('zero'), 0);
  for (const name of ['other-file', 'pipe', 'pipe-beside', 'other-tables'])
    mkdirSync(place(name), { recursive: true });
  writeFileSync(
    join(place('other-file'), 'sessions.db'),
    'no database, but a text of some length'.repeat(99),
  );
  execFileSync('mkfifo', [join(place('pipe'), 'sessions.db')]);
  writeFileSync(join(place('pipe-beside'), 'sessions.db'), '');
  execFileSync('mkfifo', [join(place('pipe-beside'), 'sessions.db-wal')]);
  const other = new Database(join(place('other-tables'), 'sessions.db'));
  other.exec('CREATE TABLE t (a)');
  other.close();
  for (const name of [
    'nothing-reported',
    'zero',
    'nowhere',
    'other-file',
    'pipe',
    'pipe-beside',
    'other-tables',
  ])
    expect([name, await tokens(name)]).toEqual([name, null]);
});
