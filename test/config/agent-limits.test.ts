import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadAgents } from '../../config/agent-control.ts';
import { agentLimits } from '../../config/agent-limits.ts';
import { loadConfig } from '../../config/load.ts';
import { configJson, configText } from '../../config/show.ts';

let cwd: string;
let env: Record<string, string>;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'limits-'));
  env = {
    TINYSCHEDULER_AGENT_CONTROL_FILE: 'agents.json',
    TINYSCHEDULER_AGENT_LIMITS: '{"vaela": 3, "sage": 0}',
  };
  writeFileSync(
    join(cwd, 'agents.json'),
    JSON.stringify([
      { agentName: 'vaela', agentType: 'dev', limit: 1 },
      { agentName: 'damien', agentType: 'dev', limit: 2 },
      { agentName: 'oscar', agentType: 'qa' },
    ]),
  );
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const IN_FORCE = [
  { agent: 'vaela', queue: 'dev', limit: 3, from: 'TINYSCHEDULER_AGENT_LIMITS' },
  { agent: 'damien', queue: 'dev', limit: 2, from: 'agent control file' },
  { agent: 'oscar', queue: 'qa', limit: 1, from: 'default' },
  { agent: 'sage', queue: null, limit: 0, from: 'TINYSCHEDULER_AGENT_LIMITS' },
];

test('every agent has its real limit, and what says so', async () => {
  const loaded = loadConfig({ env, cwd });
  expect(await agentLimits(loaded)).toEqual(IN_FORCE);
  const flags = { agentLimit: ['oscar=4'] };
  expect((await agentLimits(loadConfig({ env, cwd, flags })))[2]).toMatchObject({
    limit: 4,
    from: '--agent-limit',
  });
});

test('where the control file is broken, those of the last good one', async () => {
  const loaded = loadConfig({ env, cwd });
  await loadAgents(loaded.config);
  writeFileSync(join(cwd, 'agents.json'), '[');
  expect(await agentLimits(loaded)).toEqual(IN_FORCE);
});

test('the JSON has all agents as keys of agent_limits, as an audit asks for them', async () => {
  const loaded = loadConfig({ env, cwd });
  expect(configJson(loaded, await agentLimits(loaded))).toMatchObject({
    agent_limits: { vaela: 3, damien: 2, oscar: 1, sage: 0 },
    agent_limits_from: {
      vaela: 'TINYSCHEDULER_AGENT_LIMITS',
      damien: 'agent control file',
      oscar: 'default',
      sage: 'TINYSCHEDULER_AGENT_LIMITS',
    },
  });
});

test('the text has a section that `grep -A 20 "Agent Limits"` finds', async () => {
  const loaded = loadConfig({ env, cwd });
  const lines = configText(loaded, await agentLimits(loaded)).split('\n');
  const at = lines.findIndex((line) => line.includes('Agent Limits'));
  expect(lines.slice(at + 1, at + 21).map((line) => line.trim().replace(/ +/g, ' '))).toEqual([
    'vaela 3 (TINYSCHEDULER_AGENT_LIMITS; queue dev)',
    'damien 2 (agent control file; queue dev)',
    'oscar 1 (default; queue qa)',
    'sage 0 (TINYSCHEDULER_AGENT_LIMITS; no queue)',
  ]);
});
