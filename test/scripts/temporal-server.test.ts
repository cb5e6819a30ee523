import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { findTemporalServer } from '../../scripts/temporal-server.mjs';
import { onlyPrograms } from '../support/programs.ts';

const { path, script } = onlyPrograms('temporal-server-');
beforeEach(() => {
  vi.stubEnv('TEMPORAL_CLI', undefined);
  script('temporal', 'echo "temporal version 7.8.9 (Server 4.5.6, UI 1.2.3)"');
});

async function find() {
  const said: string[] = [];
  const programs = await findTemporalServer((line: string) => void said.push(line));
  return { programs, said };
}

test('programs on PATH are taken', async () => {
  const [server, sqlTool] = ['temporal-server', 'temporal-sql-tool'].map((name) => script(name, 'exit 0'));
  const programs = { server, sqlTool, temporalCli: join(path(), 'temporal') };
  expect(await find()).toEqual({ programs, said: [] });
});

test('else Go builds the release that is embedded in the CLI, once', async () => {
  script(
    'go',
    `echo "$*" >> ${path()}/asked
for name in server sql; do echo "#!/bin/sh" > "$GOBIN/$name"; /bin/chmod +x "$GOBIN/$name"; done`,
  );
  const first = await find();
  const cached = (name: string) => join(path(), 'cache/temporal-server-4.5.6', name);
  const programs = {
    ...{ server: cached('temporal-server'), sqlTool: cached('temporal-sql-tool') },
    temporalCli: join(path(), 'temporal'),
  };
  expect(first.programs).toEqual(programs);
  expect(await find()).toEqual({ programs, said: [] });
  const asked = readFileSync(join(path(), 'asked'), 'utf8').trimEnd().split('\n');
  expect(asked).toEqual([
    expect.stringMatching(
      / go\.temporal\.io\/server\/cmd\/server@v4\.5\.6 go\.temporal\.io\/server\/cmd\/tools\/sql@v4\.5\.6$/,
    ),
  ]);
});

test('a build that fails is told in one line, and leaves nothing that looks like programs', async () => {
  script('go', 'echo "go: downloading x" >&2; echo "no such release" >&2; exit 1');
  const { programs, said } = await find();
  expect(programs).toBeUndefined();
  expect(said.at(-1)).toBe('the Temporal server cannot be had here: no such release');
});
