import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { onTestFinished } from 'vitest';
import type { BackupPlace } from '../../client/backup/sources.ts';
import { loadConfig } from '../../config/load.ts';
import { temporalSettings } from '../../config/temporal.ts';
import { openStore } from '../../tinytask/embedded/database.ts';
import { temporaryFolder } from './stub-runs.ts';

/** A folder that is removed when the test has ended. */
export function newFolder(): string {
  const folder = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  return folder.path;
}

/** As a command sees a base path; `env`: what else is in its environment. */
export function placeIn(basePath: string, env: Record<string, string> = {}, envFile?: string): BackupPlace {
  const loaded = loadConfig({ env, cwd: basePath, ...(envFile !== undefined && { envFile }) });
  return { loaded, temporal: temporalSettings(loaded.environment) };
}

/** A base path with one of everything that a backup may hold. */
export function fullPlace(): BackupPlace & { dir: string } {
  const dir = newFolder();
  const at = (path: string) => join(dir, path);
  mkdirSync(at('state'), { mode: 0o700 });
  const store = openStore(at('state/tinytask.db'));
  store.insert('tasks', {
    ...{ title: 'a task', created_by: 'test', created_at: store.stamp(), updated_at: store.stamp() },
  });
  store.close();
  const temporal = new Database(at('state/temporal.db'));
  temporal.exec("CREATE TABLE history (x TEXT); INSERT INTO history VALUES ('began')");
  temporal.close();
  writeFileSync(at('state/agent-control.last-good.json'), '{"path": "x", "entries": []}');
  writeFileSync(at('state/sample-tasks'), 'done\n');
  writeFileSync(at('state/api-tokens.json'), '[]\n', { mode: 0o600 });
  writeFileSync(at('.env'), 'TINYSCHEDULER_AGENT_CONTROL_FILE=agents.json\nOPENAI_API_KEY=secret\n');
  writeFileSync(at('agents.json'), '[{"agentName": "ada", "agentType": "dev"}]');
  mkdirSync(at('recipes/parts'), { recursive: true });
  writeFileSync(at('recipes/ada.yaml'), 'title: ada\n');
  writeFileSync(at('recipes/parts/common.yaml'), 'title: common\n');
  writeFileSync(at('elsewhere.yaml'), 'title: linked\n');
  symlinkSync(at('elsewhere.yaml'), at('recipes/linked.yaml'));
  mkdirSync(at('state/logs'));
  writeFileSync(at('state/logs/daemon.log'), 'not in it');
  return { dir, ...placeIn(dir) };
}

export function firstRow(database: string, sql: string): Record<string, unknown> | undefined {
  const db = new Database(database);
  try {
    return db.prepare(sql).get() as Record<string, unknown> | undefined;
  } finally {
    db.close();
  }
}

/** Changes the manifest of a backup. */
export function editManifest(dir: string, edit: (manifest: Record<string, unknown>) => void): void {
  const path = join(dir, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  edit(manifest);
  writeFileSync(path, JSON.stringify(manifest));
}
