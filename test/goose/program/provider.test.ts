import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { missingProvider } from '../../../goose/program/provider.ts';
import { temporaryFolder } from '../../support/stub-runs.ts';
import { gooseForTests } from '../../support/tools.ts';

test.each([
  ['nothing', {}, undefined, false],
  ['a provider in the environment', { GOOSE_PROVIDER: 'openai' }, undefined, true],
  ['a configuration with a provider', {}, 'GOOSE_PROVIDER: openai\n', true],
  ['a configuration that only mentions one', {}, 'extensions:\n  x:\n    description: a provider\n', false],
  ['a configuration that cannot be read', {}, 'a: [', true],
])('whether goose has a provider: %s', async (_, env, config, expected) => {
  using home = temporaryFolder();
  if (config !== undefined) {
    mkdirSync(join(home.path, '.config/goose'), { recursive: true });
    writeFileSync(join(home.path, '.config/goose/config.yaml'), config);
  }
  const goose = await gooseForTests();
  const missing = await missingProvider(goose, { PATH: process.env.PATH ?? '', HOME: home.path, ...env });
  expect(missing === undefined).toBe(expected);
});
