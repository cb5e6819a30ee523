import { stdout } from 'node:process';
import { loadAgents } from '../../../config/agent-control.ts';
import type { Config } from '../../../config/config.ts';
import type { Report, ReportAsked } from '../../../contract/report.ts';
import { nearestName } from '../../../domain/nearest-name.ts';
import type { TaskStatus } from '../../../domain/task.ts';
import { writeOutputFile } from '../../../os/output-file.ts';
import { sayReportProblems } from '../../../words/report.ts';
import { reportJson } from '../../json/report.ts';
import { reportOf } from '../../report.ts';
import { type Context, UsageError } from '../call/context.ts';
import { printedJson, printJson, say } from '../show/print.ts';
import { reportLines } from '../show/report-lines.ts';
import { printStyled, styledText } from '../show/terminal.ts';

export interface ReportOptions {
  format: 'console' | 'json' | 'both';
  /** A path; with `both` without its ending. */
  output?: string;
  status?: TaskStatus[];
  agent?: string;
  /** Milliseconds since the epoch. */
  since?: number;
  color: boolean;
  verbose?: true;
}

const OPEN: TaskStatus[] = ['idle', 'working'];

/**
 * `report`: exit code 0 also where TinyTask is all that it knows of, which is said; 1 where TinyTask does not answer or the
 * file cannot be written.
 */
export async function showReport(context: Context, options: ReportOptions): Promise<number> {
  const { status, agent, since, format, output } = options;
  if (format === 'both' && output === undefined)
    throw new UsageError('report: --format both writes two files: name them with --output');
  if (output === '') throw new UsageError('report: --output names no file');
  const asked: ReportAsked = {
    statuses: status ?? OPEN,
    ...(agent !== undefined && { agent }),
    ...(since !== undefined && { sinceMs: since }),
  };
  const { config, environment } = context.loaded;
  const began = performance.now();
  const report = await reportOf({ temporal: context.temporal, config }, asked);
  if (options.verbose)
    say(
      `${report.tasks.length} tasks of TinyTask at ${config.mcpEndpoint} read in ${Math.round(performance.now() - began)} ms`,
    );
  await deliver(report, options, options.color && !environment.NO_COLOR);
  await sayIfUnknown(config, report);
  return 0;
}

async function deliver(
  report: Report,
  { format, output, verbose }: ReportOptions,
  colour: boolean,
): Promise<void> {
  const lines = reportLines(report, { all: verbose === true });
  const asJson = () => printedJson(reportJson(report));
  const asText = () => styledText(lines, false);
  if (output !== undefined) {
    if (format === 'both') {
      await write(`${output}.json`, asJson());
      await write(`${output}.txt`, asText());
    } else await write(output, format === 'json' ? asJson() : asText());
  }
  if (format === 'both' || (format === 'console' && output === undefined)) {
    printStyled(lines, stdout, colour);
    return;
  }
  if (output === undefined) printJson(reportJson(report));
  // Nobody may be there to read the file.
  for (const problem of sayReportProblems(report.problems.filter(isGap))) say(problem);
}

const isGap = ({ what }: Report['problems'][number]) => what === 'alone' || what === 'ended-unknown';

async function write(path: string, text: string): Promise<void> {
  try {
    await writeOutputFile(path, `${text}\n`);
  } catch (error) {
    throw new Error(`the report could not be written to ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** An agent without tasks is no mistake, and one that nobody knows may be. */
async function sayIfUnknown(config: Config, { asked: { agent }, tasks }: Report): Promise<void> {
  if (agent === undefined || tasks.length > 0) return;
  const names = (await loadAgents(config, { keep: false })).agents.map(({ name }) => name);
  if (names.includes(agent)) return;
  const near = nearestName(agent, names);
  say(
    `nothing is assigned to ${agent}, and there is no agent of that name${near === undefined ? '' : ` (did you mean ${near}?)`}`,
  );
}
