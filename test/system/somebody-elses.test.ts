import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedTinyTask, startEmbeddedTinyTask } from '../../tinytask/embedded/server.ts';
import { type System, startSystem } from '../support/system.ts';
import { newTask } from '../support/task-runs.ts';
import { ask, askProcess } from '../support/told.ts';

let system: System;
let other: EmbeddedTinyTask;
beforeAll(async () => {
  system = await startSystem();
  await system.agents([{ agentName: 'ada', agentType: 'dev' }]);
  other = await startEmbeddedTinyTask({ databaseFile: join(system.dir, 'other.db'), port: 0 });
  await newTask(system, {});
  const workers = await system.start('once');
  await (await system.scheduler()).pass({ id: 'one', once: true, acceptMs: 10_000 });
  await workers.stop();
});
afterAll(async () => {
  await other.close();
  await system.stop();
});

/** One that would serve does so in a process of its own. */
function askAs(line: string, more: Record<string, string>) {
  const mayServe = /^(run|worker|start)\b/.test(line) && !line.includes('--dry-run');
  return (mayServe ? askProcess : ask)(system, line.split(' '), more);
}

describe('a scheduler that works for another TinyTask', () => {
  test.each([
    'status',
    'pause',
    'resume',
    'drain',
    'run-now',
    'explain 1',
    'retry 1',
    'run --once',
    'run --once --dry-run',
    'run --daemon',
    'worker',
  ])('is refused to: %s', async (line) => {
    const answer = await askAs(line, { TINYSCHEDULER_MCP_ENDPOINT: other.endpoint });
    expect(answer).toMatchObject({ code: 2, stdout: '' });
    expect(answer.stderr).toContain(`is that of ${system.dir} (TinyTask ${system.endpoint})`);
    expect(answer.stderr).toContain('TEMPORAL_NAMESPACE');
  });

  test('is an error of validate-config', async () => {
    const named = { TINYSCHEDULER_MCP_ENDPOINT: other.endpoint };
    const answer = await ask(system, ['validate-config'], named);
    expect(answer).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('✗ error    The scheduler on this'),
    });
  });

  test('whose it is cannot be known where the TinyTask does not answer: validate-config tells that once', async () => {
    const named = { TINYSCHEDULER_MCP_ENDPOINT: 'http://127.0.0.1:1' };
    const { stdout } = await ask(system, ['validate-config'], named);
    expect(stdout.match(/does not answer/g)).toHaveLength(1);
    expect(stdout).toContain(`ok       Temporal at ${system.server.address} answers`);
    expect(stdout).not.toContain('✗');
  });

  test('the same TinyTask under another address is the same', async () => {
    const { port } = new URL(system.endpoint);
    const address = `http://localhost:${port}`;
    const answer = await ask(system, ['status'], { TINYSCHEDULER_MCP_ENDPOINT: address });
    expect(answer.code, answer.stderr).toBe(0);
  });
});

test.each(['run --daemon', 'worker', 'start'])(
  '%s is refused where everything is to be dry',
  async (line) => {
    const answer = await askAs(line, { TINYSCHEDULER_DRY_RUN: 'true' });
    expect(answer).toMatchObject({ code: 2, stderr: expect.stringContaining('run --once --dry-run') });
  },
);
