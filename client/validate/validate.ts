import { existsSync } from 'node:fs';
import type { Config, LoadedConfig } from '../../config/config.ts';
import { withAgentFiles } from '../../config/starter.ts';
import type { TemporalSettings } from '../../config/temporal.ts';
import { type Finding, type Made, ok, type Validation, warning } from '../../contract/findings.ts';
import { ownerMark, readPlace } from '../../goose/host/owner.ts';
import { identify } from '../../goose/host/process-table.ts';
import { type Environment, userEnvironment } from '../../goose/start/command-line.ts';
import { RUN_OWNER_VARIABLE } from '../../goose/start/marks.ts';
import { checkAgents } from './agents.ts';
import { checkContainment } from './containment.ts';
import { checkControlFile } from './control-file.ts';
import { checkDirectories } from './directories.ts';
import { checkGoose, checkProvider } from './goose.ts';
import { checkNotify } from './notify.ts';
import { checkTemporal } from './temporal.ts';
import { checkQueues, checkTinyTask } from './tinytask.ts';

/**
 * Looks at everything that `start`, `run` and `worker` need, with the functions that they themselves call. With `fix` it
 * makes what is missing; it never changes what is there.
 */
export async function validateConfig(
  { loaded: configured, temporal }: { loaded: LoadedConfig; temporal: TemporalSettings },
  { fix }: { fix: boolean },
): Promise<Validation> {
  const loaded = withAgentFiles(configured);
  const { config, sources } = loaded;
  const made: Made[] = [];
  const make = fix ? (each: Made) => void made.push(each) : undefined;
  const directories = await checkDirectories(config, make);
  const controlFile = await checkControlFile(config, make);
  const ofTinyTask = checkTinyTask(config);
  const ofTemporal = ofTinyTask.then(({ tasks }) => checkTemporal({ config, temporal, tasks, make }));
  // A failure of theirs is told below, when goose has answered.
  ofTemporal.catch(() => undefined);
  const env = await gooseEnvironment(loaded);
  const { goose, finding } = await checkGoose(loaded, env);
  const agents = await checkAgents({ loaded, env, goose, make });
  const { findings: tinytask, tasks } = await ofTinyTask;
  const starter = { code: 'control-file-of-starter', path: configured.config.agentControlFile } as const;
  const findings: Finding[] = [
    ...checkSettings(loaded),
    ...checkNotify(config),
    ...directories,
    ...(sources.agentControlFile === 'starter' ? [ok(starter)] : []),
    ...controlFile,
    ...agents.findings,
    finding,
    ...(goose === undefined ? [] : [await checkProvider(loaded, env, goose, agents.withoutProvider)]),
    await checkContainment(),
    ...tinytask,
    ...(tasks instanceof Error ? [] : checkQueues(tasks, agents.agents)),
    ...(await ofTemporal),
  ];
  return { findings, made };
}

function checkSettings({ config, sources, warnings }: LoadedConfig): Finding[] {
  const from = Object.values(sources);
  const set = from.filter((source) => source !== 'default' && source !== 'starter').length;
  return [
    ok({ code: 'settings-good', settings: from.length, set }),
    ...warnings.map((text) => warning({ code: 'setting-without-effect', text })),
    ...switches(config).map(warning),
  ];
}

function switches({ enabled, dryRun, disableBlocking }: Config) {
  return [
    ...(enabled ? [] : [{ code: 'setting-disabled' } as const]),
    ...(dryRun ? [{ code: 'setting-dry-run' } as const] : []),
    ...(disableBlocking ? [{ code: 'setting-blocking-off' } as const] : []),
  ];
}

/** As goose will be started with; and should this process be killed, then the next worker here knows whose goose it was. */
async function gooseEnvironment({ config, environment }: LoadedConfig): Promise<Environment> {
  const env = userEnvironment(environment);
  if (!existsSync(config.runningDir)) return env;
  const mark = ownerMark(await readPlace(config.runningDir), await identify(process.pid));
  return { ...env, [RUN_OWNER_VARIABLE]: mark };
}
