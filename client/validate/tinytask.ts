import type { Config } from '../../config/config.ts';
import { hasCode } from '../../contract/errors.ts';
import { error, type Finding, ok, warning } from '../../contract/findings.ts';
import type { Agent } from '../../domain/agent.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import type { Task } from '../../domain/task.ts';
import { checkTinytask } from '../../temporal/serves.ts';
import { aboutTinyTask, NEEDED_TOOLS } from '../../tinytask/about.ts';
import { connectTinyTask } from '../../tinytask/client.ts';
import { TinyTaskError } from '../../tinytask/errors.ts';

const ANSWERS_WITHIN_MS = 3_000;
/** Of a version, which somebody else wrote. */
const LONGEST_VERSION = 40;

interface TinyTaskFindings {
  findings: Finding[];
  /** Its open tasks, or why they cannot be had. */
  tasks: readonly Task[] | TinyTaskError;
}

/** Whether TinyTask answers, is one, has what is needed, and is this place's. */
export async function checkTinyTask(config: Config): Promise<TinyTaskFindings> {
  const { mcpEndpoint: endpoint } = config;
  const tinytask = connectTinyTask({ endpoint, deadlineMs: ANSWERS_WITHIN_MS });
  try {
    await checkTinytask({ config });
    const about = await aboutTinyTask(endpoint, ANSWERS_WITHIN_MS);
    const lacking = NEEDED_TOOLS.filter((tool) => !about.tools.includes(tool));
    if (lacking.length > 0) {
      const findings = [error({ code: 'tinytask-without-tools', endpoint, tools: lacking })];
      return { findings, tasks: new TinyTaskError('refused', 'list_tasks', 'TinyTask lacks tools') };
    }
    const tasks = await tinytask.listOpen();
    const version = about.version?.slice(0, LONGEST_VERSION) ?? null;
    const { speaks, lacks } = await tinytask.kind();
    const sse = speaks === 'sse';
    const finding =
      sse || lacks.length > 0
        ? warning({ code: 'tinytask-older', lacks, sse })
        : ok({ code: 'tinytask-good', endpoint, version, tools: about.tools.length });
    return { findings: [finding], tasks };
  } catch (reason) {
    if (hasCode(reason, 'anothers-tinytask')) {
      const tasks = new TinyTaskError('refused', 'health', reason.message);
      return { findings: [error(reason.failure)], tasks };
    }
    if (!(reason instanceof TinyTaskError)) throw reason;
    return { findings: [failed(reason, config)], tasks: reason };
  } finally {
    await tinytask.close();
  }
}

function failed({ kind, message: text }: TinyTaskError, config: Config): Finding {
  const { mcpEndpoint: endpoint, mcpEndpointExplicit: named } = config;
  switch (kind) {
    // It may be started later, and a daemon waits for it.
    case 'unreachable':
    case 'timeout':
      return warning({ code: 'tinytask-absent', endpoint, named, text });
    case 'broken-reply':
    case 'refused':
      return error({ code: 'tinytask-not-one', endpoint, text });
  }
}

/** The queues in which tasks wait that are nobody's yet, and whether an agent serves each. */
export function checkQueues(tasks: readonly Task[], agents: readonly Agent[]): Finding[] {
  const served = new Set(agents.flatMap(({ queue }) => queue ?? []));
  const waiting = new Map<string, number>();
  for (const { queue, status, assignedTo } of tasks) {
    if (queue && status === 'idle' && !assignedTo) waiting.set(queue, (waiting.get(queue) ?? 0) + 1);
  }
  const unserved = [...waiting].filter(([queue]) => !served.has(queue)).sort(([, a], [, b]) => b - a);
  const findings = unserved.slice(0, MOST_QUEUES).map(([queue, count]) => {
    const nearest = nearestName(queue.slice(0, LONGEST_COMPARED), [...served]) ?? null;
    return warning({ code: 'queue-unserved', queue, tasks: count, nearest });
  });
  if (unserved.length > 0) return findings;
  return [ok({ code: 'queues-served', queues: [...waiting.keys()].sort() })];
}

/** Anybody may write any queue into a task. */
const MOST_QUEUES = 20;
const LONGEST_COMPARED = 64;
