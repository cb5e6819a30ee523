import { isatty } from 'node:tty';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  type RuntimeOptions,
  type LogLevel as SdkLevel,
} from '@temporalio/worker';
import { pino } from 'pino';
import type { Config, LogLevel } from '../config/config.ts';
import { DailyFile } from './log/daily-file.ts';
import type { Line } from './log/line.ts';
import { localTime } from './log/local-time.ts';
import { type Destination, Log } from './log/log.ts';
import { occasion } from './log/words.ts';

export type { Log };

const MOST_UNWRITTEN_BYTES = 1_000_000;
const PINO_LEVEL = { DEBUG: 'debug', INFO: 'info', WARNING: 'warn', ERROR: 'error' } as const;
const FROM_SDK: Record<SdkLevel, LogLevel> = {
  TRACE: 'DEBUG',
  DEBUG: 'DEBUG',
  INFO: 'INFO',
  WARN: 'WARNING',
  ERROR: 'ERROR',
};

/**
 * The log of a process that serves: on stderr, and in the file of the day in the log directory. Times, counts, verdicts
 * and names of logs, never prompts, answers or environment values.
 *
 * @param stderrLevel where it is another one than that of the file
 */
export function openLog(config: Config, stderrLevel: LogLevel = config.logLevel): Log {
  const { logDir: dir, logLevel } = config;
  const stderr = toStderr();
  const daily = new DailyFile({
    dir,
    onProblem(problem) {
      const text =
        problem === null
          ? 'The log of the day is written again'
          : `The log of the day in ${dir} cannot be written, so its lines are here only: ${problem}`;
      stderr({ level: problem === null ? 'INFO' : 'ERROR', text }, Date.now());
    },
  });
  return new Log([
    { level: stderrLevel, to: stderr },
    { level: logLevel, to: (line, nowMs) => daily.write(plain(line, nowMs), nowMs) },
  ]);
}

/**
 * Time and level are one word: so the fourth word of `Found 3 unassigned tasks` is the 3, as in the lines of the Python
 * version.
 */
function plain({ level, text }: Line, nowMs: number): string {
  return `${localTime(nowMs)}|${level} - ${text}`;
}

/** JSON lines, and plain ones for a person at a terminal. */
function toStderr(): Destination {
  const stream = pino.destination({ dest: 2, sync: true, maxLength: MOST_UNWRITTEN_BYTES });
  // A full disk behind it would end the process; what could not be written is tried again with the next line.
  stream.on('error', () => {});
  if (isatty(2)) return (line, nowMs) => void stream.write(`${plain(line, nowMs)}\n`);
  const logger = pino(
    { level: 'trace', base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    stream,
  );
  return ({ level, text, fields }) => logger[PINO_LEVEL[level]](fields ?? {}, text);
}

/**
 * Makes the Temporal runtime of this process log through `log`. Call it once, before anything else of the SDK.
 *
 * @param metricsAt address, such as `127.0.0.1:4711`, at which it is to serve its metrics; without them where it cannot
 */
export function installRuntime(log: Log, level: LogLevel, metricsAt?: string): void {
  const sdkLevel: SdkLevel = level === 'DEBUG' ? 'DEBUG' : 'WARN';
  try {
    Runtime.install(runtimeOptions(log, sdkLevel, metricsAt));
  } catch (error) {
    if (metricsAt === undefined) throw error;
    log.tell({ what: 'problem', about: 'host', problem: `The SDK's own metrics are not served: ${error}` });
    Runtime.install(runtimeOptions(log, sdkLevel, undefined));
  }
}

function runtimeOptions(log: Log, sdkLevel: SdkLevel, metricsAt: string | undefined): RuntimeOptions {
  return {
    logger: new DefaultLogger(sdkLevel, ({ level: at, message, meta }) => {
      log.say(saidBySdk(isExpected(message, meta) ? 'DEBUG' : FROM_SDK[at], message, meta ?? {}));
    }),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: sdkLevel, other: 'WARN' }) },
      ...(metricsAt !== undefined && { metrics: { prometheus: { bindAddress: metricsAt, ...NAMES } } }),
    },
    shutdownSignals: [],
  };
}

/** As Prometheus wants them. */
const NAMES = { countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true };

/** Lets the process end although no worker was ever started; the last worker's end does the same. */
export function closeRuntime(): Promise<void> {
  return Runtime.instance().shutdown();
}

/**
 * Two of our workers have no workflows, on purpose. Of a result that is not written yet, and of a server that does not
 * answer, our own log tells.
 */
function isExpected(message: string, meta: Record<string | symbol, unknown> | undefined): boolean {
  return /^No workflows registered|^gRPC call \w+ retried/.test(message) || meta?.activityType === 'settle';
}

/** An activity's or workflow's input and result stay in Temporal. */
function saidBySdk(level: LogLevel, message: string, meta: Record<string | symbol, unknown>) {
  const fields = Object.fromEntries(
    ['workflowId', 'workflowType', 'activityType', 'taskQueue', 'attempt'].flatMap((name) => {
      const value = meta[name];
      return typeof value === 'string' || typeof value === 'number' ? [[name, value]] : [];
    }),
  );
  const { error } = meta;
  const why = error instanceof Error ? `: ${error.message}` : '';
  const where =
    fields.workflowId === undefined
      ? ''
      : ` (${fields.activityType ?? fields.workflowType}, ${fields.workflowId})`;
  return occasion('sdk', level, `Temporal's SDK: ${message}${why}${where}`, fields);
}
