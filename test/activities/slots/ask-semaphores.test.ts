import { describe, expect, test } from 'vitest';
import { poolsOf } from '../../../activities/policies.ts';
import { movedTo } from '../../../activities/slots/ask-semaphores.ts';
import { loadConfig } from '../../../config/load.ts';
import type { SemaphoreMemo } from '../../../contract/memos.ts';
import type { Agent } from '../../../domain/agent.ts';
import type { KnownOfAgent } from '../../../domain/slots/agent-slots.ts';
import { release } from '../../../domain/slots/give-back.ts';
import { grantDue } from '../../../domain/slots/grant.ts';
import { WELL } from '../../../domain/slots/health.ts';
import { request } from '../../../domain/slots/line.ts';
import { configure, knownAgents, newPool, type PoolPolicy } from '../../../domain/slots/pool.ts';
import { agentOf, NOW_MS, rankOfTask } from '../../support/tasks.ts';

const { config } = loadConfig({ env: { TINYSCHEDULER_HEARTBEAT_SEC: '5' }, cwd: '/' });
const pools = (...agents: Agent[]) => poolsOf(config, { agents, mode: 'queue', warnings: [] }, Date.now());
const policyOf = (semaphore: string, ...agents: Agent[]): PoolPolicy => {
  const policy = pools(...agents).get(semaphore);
  if (policy === undefined) throw new Error(`no ${semaphore}`);
  return policy;
};

describe('the pools of a control file', () => {
  test('are those of the agents’ types, and one for each agent without a type', () => {
    const found = pools(
      agentOf('bob', 2, 'dev'),
      agentOf('ada', 1, 'dev'),
      agentOf('cy', 3),
      agentOf('dee', 0, 'qa'),
    );
    expect([...found].map(([semaphore, { agents }]) => [semaphore, agents.map(({ name }) => name)])).toEqual([
      ['pool-dev', ['ada', 'bob']],
      ['agent-cy', ['cy']],
      ['pool-qa', ['dee']],
    ]);
  });

  test('are the same in whatever order the file has them, so that nothing is configured anew', () => {
    const agents = [agentOf('ada', 1, 'dev'), agentOf('bob', 2, 'dev')];
    expect(JSON.stringify(policyOf('pool-dev', ...agents))).toBe(
      JSON.stringify(policyOf('pool-dev', ...agents.toReversed())),
    );
  });

  test('know where each agent’s gooses run, and what holds for all', () => {
    const rules = { maxAttempts: 5, env: ['K'] };
    const host: Agent = { ...agentOf('ada', 1, 'dev'), hostGroup: 'big', rules };
    expect(policyOf('pool-dev', host, agentOf('bob', 2, 'dev'))).toEqual({
      agents: [
        { name: 'ada', limit: 1, gooseQueue: 'tinyscheduler-goose-big', rules },
        { name: 'bob', limit: 2, gooseQueue: 'tinyscheduler-goose' },
      ],
      heartbeatTimeoutMs: config.heartbeatTimeoutMs,
      coolDownMs: config.cooldownMs,
      coolDownMaxMs: config.cooldownMaxMs,
      passIntervalMs: config.loopIntervalMs,
    });
  });
});

describe('agents that come from another pool', () => {
  const ada = agentOf('ada', 1, 'dev');
  const bob = agentOf('bob', 1, 'dev');
  const paused: KnownOfAgent = { name: 'ada', limitByHand: 4, paused: true, health: WELL, quiet: false };
  const nothing: KnownOfAgent = { name: 'ada', limitByHand: null, paused: false, health: WELL, quiet: false };
  const memo = (semaphore: string, agents: Agent[], known: KnownOfAgent[] = []): [string, SemaphoreMemo] => {
    const policy = pools(...agents).get(semaphore) ?? { ...policyOf('pool-dev', ada), agents: [] };
    const rest = { paused: false, schedulerPaused: false, fencesFrom: 0, complaints: [] };
    return [semaphore, { ...rest, policy, agents: known }];
  };
  const inQa = agentOf('ada', 1, 'qa');

  test.each<[string, (readonly [string, SemaphoreMemo | undefined])[], KnownOfAgent[]]>([
    ['nothing runs yet', [], []],
    ['it is here already', [memo('pool-dev', [ada, bob])], []],
    ['it is new', [memo('pool-dev', [bob])], []],
    ['it was in another pool', [memo('pool-dev', [bob]), memo('pool-qa', [inQa])], [nothing]],
    [
      'with what is known of it there',
      [memo('pool-dev', [bob]), memo('pool-qa', [inQa], [paused])],
      [paused],
    ],
    ['it had no pool', [memo('pool-dev', [bob]), memo('agent-ada', [agentOf('ada', 1)], [paused])], [paused]],
    ['this pool is new', [memo('pool-qa', [inQa], [paused])], [paused]],
    [
      'its old pool has let go of it, and still knows it',
      [memo('pool-dev', [bob]), memo('pool-qa', [], [paused])],
      [paused],
    ],
    [
      'of two that know it, the one that has it counts',
      [memo('pool-ops', [], [paused]), memo('pool-dev', [bob]), memo('pool-qa', [inQa])],
      [nothing],
    ],
    [
      'it is here, and its old pool was not told yet',
      [memo('pool-dev', [ada, bob]), memo('pool-qa', [inQa], [paused])],
      [],
    ],
    ['what its old pool says cannot be read', [memo('pool-dev', [bob]), ['pool-qa', undefined]], []],
    ['what this one says cannot be read', [['pool-dev', undefined], memo('pool-qa', [inQa])], [nothing]],
  ])('%s', (_, there, moved) => {
    expect(movedTo('pool-dev', policyOf('pool-dev', ada, bob), new Map(there))).toEqual(moved);
  });

  // The daemon may be killed before the other pool hears of it, or the file may be written in two steps.
  test('are found for as long as the pool that let go of them has runs of them', () => {
    const run = { workflowId: 'task-1', runId: 'run-1' };
    const pool = newPool(policyOf('pool-dev', ada, bob));
    request(pool, { ...run, rank: rankOfTask(1), rankedAtMs: NOW_MS, wants: 'ada' }, NOW_MS);
    const [grant] = grantDue(pool, NOW_MS);
    configure(pool, policyOf('pool-dev', bob));
    const moved = () => {
      const [semaphore, rest] = memo('pool-dev', [bob], knownAgents(pool));
      return movedTo('pool-qa', policyOf('pool-qa', inQa), new Map([[semaphore, rest]]));
    };
    expect(moved()).toEqual([nothing]);
    release(pool, { ...run, fence: grant?.fence ?? null, verdict: null }, NOW_MS);
    expect(moved()).toEqual([]);
  });
});
