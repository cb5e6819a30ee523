import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigError } from '../../config/config.ts';
import { statements } from '../../config/dotenv-syntax.ts';
import { readEnvFile } from '../../config/env-file.ts';

interface Case {
  text: string;
  env: Record<string, string>;
  /** What python-dotenv set, beyond the environment. */
  values: Record<string, string>;
  /** Lines at which it could not parse a statement. */
  unread: number[];
}

// Written by test/fixtures/record-env-files.py.
const { cases } = JSON.parse(
  readFileSync(new URL('../fixtures/env-files.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'dotenv-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test.each(cases)('$text gives what python-dotenv gives', ({ text, env, values, unread }) => {
  const found = statements(text.replace(/^\ufeff/, ''));
  const lost = found.filter(({ kind }) => kind === 'unread');
  expect(lost).toHaveLength(unread.length);
  const path = join(dir, 'case.env');
  writeFileSync(path, text);
  const read = () => readEnvFile(path, dir, env);
  // Python goes on after a value in quotes that does not end; here the file is refused.
  if (lost.some((statement) => 'quote' in statement)) expect(read).toThrow(ConfigError);
  else {
    const beyond = Object.entries(read()?.values ?? {}).filter(([name]) => !Object.hasOwn(env, name));
    expect(Object.fromEntries(beyond)).toEqual(values);
  }
});

test('the table has enough of everything', () => {
  expect(cases.length).toBeGreaterThan(200);
  expect(cases.filter(({ unread }) => unread.length > 0).length).toBeGreaterThan(20);
  expect(cases.filter(({ env }) => Object.keys(env).length > 0).length).toBeGreaterThan(5);
});
