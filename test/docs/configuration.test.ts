import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { controlFileSchema } from '../../config/control-schema.ts';
import { loadConfig } from '../../config/load.ts';
import { variableOf } from '../../config/setting.ts';
import { settingRows } from '../../config/settings.ts';
import { documents, readDocument } from '../support/documents.ts';
import { settingsTable } from '../support/settings-table.ts';

const EXAMPLE = '.env.tinyscheduler.example';
/** Variables with our prefix that are no settings. */
const OTHERS = ['TINYSCHEDULER_CACHE_DIR', 'TINYSCHEDULER_API_TOKEN', 'TINYSCHEDULER_RUN_TOKEN'];

test('docs/configuration.md has the table of all settings as config/settings.ts makes it', () => {
  expect(readDocument('docs/configuration.md').text).toContain(`\n${settingsTable()}\n`);
});

test('docs/configuration.md names the settings of the env file that count without a restart', () => {
  const [, named = ''] =
    /These settings count at their next look([^.]*)\./.exec(readDocument('docs/configuration.md').text) ?? [];
  const live = settingRows().filter(({ live }) => live);
  expect(named.match(/TINYSCHEDULER_\w+/g)).toEqual(live.map(variableOf));
});

test('docs/configuration.md has a row for each key of an agent, in the order of the schema', () => {
  const section = readDocument('docs/configuration.md').text.split('\n## The agent control file\n')[1] ?? '';
  const rows = [...section.matchAll(/^\| `(\w+)` \| (?:required|optional) \|/gm)].map(([, key]) => key);
  const { properties } = controlFileSchema().items as { properties: object };
  expect(rows).toEqual(Object.keys(properties));
});

test('the README has rows of the same table', () => {
  const rows = readDocument('README.md')
    .text.split('\n')
    .filter((line) => line.startsWith('| `TINYSCHEDULER_'));
  const table = settingsTable().split('\n');
  const inFour = rows.filter((row) => row.split(/(?<!\\)\|/).length === 6 && /^\| `\w+` \| `--/.test(row));
  expect(inFour.filter((row) => !table.includes(row))).toEqual([]);
  expect(inFour.length).toBeGreaterThan(9);
});

test.each([...documents(), readDocument(EXAMPLE), readDocument('docker-compose.yml')])(
  '$path names only variables that there are',
  ({ text }) => {
    const known = [...settingRows().map(variableOf), ...OTHERS];
    const named = [...text.matchAll(/TINYSCHEDULER_[A-Z_]*[A-Z]/g)].map(([name]) => name);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  },
);

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'docs-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('every line of the example env file, uncommented, is the default', () => {
  const lines = readDocument(EXAMPLE).text.matchAll(/^# ((?:TINYSCHEDULER|TEMPORAL|GOOSE)_\w+=.*)$/gm);
  const envFile = join(dir, 'all.env');
  writeFileSync(envFile, [...lines].map(([, line]) => line).join('\n'));
  const env = { HOME: '/nonexistent' };
  const { config, sources, warnings } = loadConfig({ env, cwd: dir, envFile });
  const defaults = loadConfig({ env, cwd: join(dir) });
  expect(warnings).toEqual([]);
  expect(config).toEqual({ ...defaults.config, mcpEndpointExplicit: true });
  const missing = settingRows().filter(
    ({ key, unused, default: value }) => !unused && value && sources[key] !== 'file',
  );
  expect(missing).toEqual([]);
});
