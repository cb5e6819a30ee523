import { createHash } from 'node:crypto';
import type { Config, SettingKey } from '../../config/config.ts';
import { PREFIX } from '../../config/setting.ts';
import { settingRows } from '../../config/settings.ts';
import { AGENTS, differingSettings } from '../../contract/configuration-mark.ts';
import type { SurveyInput } from '../../contract/pass.ts';
import type { Agent, AgentRegistry } from '../../domain/agent.ts';
import type { InForce } from '../../domain/plan/input.ts';
import { hasEndedHere } from '../../os/process-name.ts';

export function inForceOf({ enabled, disableBlocking }: Config, { mode }: AgentRegistry): InForce {
  return { mode, enabled, blockingDisabled: disableBlocking };
}

/** Tells one set of texts from another, in whatever order they come. With their lengths, since a text may have any character. */
export function fingerprintOf(texts: Iterable<string>): string {
  const told = [...texts].sort().map((text) => `${text.length} ${text}`);
  return hashOf(told.join(''));
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Tells the agents as they were read from others, and from the same ones with something to say about their file. */
export function registryMark(registry: AgentRegistry): string {
  return hashOf(JSON.stringify(registry));
}

/** The settings that decide what a pass does; where they lie on this host does not. */
const DECIDING: readonly SettingKey[] = [
  ...(['agentLimits', 'waitingPerAgent', 'mcpEndpoint', 'loopIntervalMs', 'heartbeatMs'] as const),
  ...(['maxRuntimeMs', 'killGraceMs', 'maxAttempts', 'backoffMs', 'backoffMaxMs'] as const),
  ...(['maxWorkerLosses', 'maxRunsInARow', 'enabled', 'disableBlocking'] as const),
];
const MARK_LETTERS = 8;

/** Tells the configuration that a pass was made with from others, and in what: `MAX_ATTEMPTS:01ab23cd …`. */
export function configInForce(config: Config, agents: readonly Agent[]): string {
  const mark = (value: unknown) => hashOf(JSON.stringify(value) ?? '').slice(0, MARK_LETTERS);
  const deciding = settingRows().filter(({ key }) => DECIDING.includes(key));
  const marks = deciding.map(({ key, name }) => `${name}:${mark(config[key])}`);
  return [...marks, `${AGENTS}:${mark(agents)}`].join(' ');
}

/** Two daemons with different configurations would each undo what the other plans. One that was restarted is no second one. */
export function twoDaemons(last: SurveyInput['last'], by: string, config: string): string[] {
  if (last === null || last.by === by || last.config === config || hasEndedHere(last.by)) return [];
  const differs = differingSettings(last.config, config).map((name) =>
    name === AGENTS ? 'the agents of the control file' : PREFIX + name,
  );
  const what = differs.length === 0 ? '' : ` (${differs.join(', ')})`;
  return [
    `${by} schedules with another configuration than ${last.by}, which made the last pass${what}; daemons that run at a time need the same one`,
  ];
}
