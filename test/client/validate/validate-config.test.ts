import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { buildOnce } from '../../support/build.ts';
import { gooseBin } from '../../support/goose-bin.ts';

test('each line has a mark and a word, and the exit code says whether it can be used', async () => {
  const main = join(await buildOnce(), 'client/cli/main.js');
  const base = mkdtempSync(join(tmpdir(), 'validate-config-'));
  try {
    mkdirSync(join(base, 'recipes'));
    const prompt = (text: string) =>
      writeFileSync(
        join(base, 'recipes/a.yaml'),
        `title: t\ndescription: d\nprompt: "${text}"\nextensions:\n  - {type: builtin, name: developer}\n`,
      );
    writeFileSync(join(base, 'agents.json'), '[{"agentName": "a", "agentType": "dev", "limits": 2}]');
    const validate = (...more: string[]) =>
      execa(process.execPath, [main, 'validate-config', ...more], {
        cwd: base,
        env: {
          PATH: process.env.PATH,
          HOME: base,
          TINYSCHEDULER_AGENT_CONTROL_FILE: 'agents.json',
          TINYSCHEDULER_GOOSE_BIN: gooseBin(),
          TINYSCHEDULER_MCP_ENDPOINT: 'http://127.0.0.1:9',
          GOOSE_PROVIDER: 'openai',
        },
        extendEnv: false,
        reject: false,
      });

    prompt('{{ task_id }}');
    const broken = await validate('--fix');
    expect(broken.exitCode).toBe(1);
    expect(broken.stdout).toMatch(/^\+ fixed {4}State directory/);
    expect(broken.stdout).toMatch(
      /^✗ error {4}Recipe of "a": goose does not take the recipe .*task_id; declare/m,
    );
    expect(broken.stdout).toMatch(
      /^! warning {2}Agent control file .*"limits" .* perhaps "limit" is meant\.$/m,
    );
    expect(broken.stdout).toMatch(/\n1 error\.$/);

    prompt('p');
    const well = await validate();
    expect(well.stdout).toMatch(/^✓ ok {7}Recipe of "a", .* can be run: goose has checked it\.$/m);
    expect(well.stdout).toMatch(/\nThe configuration can be used, with 3 warnings\.$/);
    expect(well.exitCode).toBe(0);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
});
