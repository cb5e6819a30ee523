import {
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  type LogLevel as SdkLevel,
} from '@temporalio/worker';
import { type Logger, pino } from 'pino';
import type { LogLevel } from '../config/config.ts';

export type { Logger };

const PINO_LEVEL: Record<LogLevel, string> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
};
const FROM_SDK: Record<SdkLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** JSON lines on stderr: times, counts, verdicts and names of logs, never prompts, answers or environment values. */
export function createLogger(level: LogLevel): Logger {
  return pino(
    { level: PINO_LEVEL[level], base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** Makes the Temporal runtime of this process log through `logger`. Call it once, before anything else of the SDK. */
export function installRuntime(logger: Logger, level: LogLevel): void {
  const sdkLevel: SdkLevel = level === 'DEBUG' ? 'DEBUG' : 'WARN';
  Runtime.install({
    logger: new DefaultLogger(sdkLevel, ({ level: at, message, meta }) => {
      logger[isExpected(message) ? 'debug' : FROM_SDK[at]](worthKeeping(meta), message);
    }),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: sdkLevel, other: 'WARN' }) },
    },
    shutdownSignals: [],
  });
}

/** Two of our workers have no workflows, on purpose. */
function isExpected(message: string): boolean {
  return message.startsWith('No workflows registered');
}

/** An activity's or workflow's input and result stay in Temporal. */
function worthKeeping(meta: Record<string | symbol, unknown> | undefined): object {
  const { workflowId, workflowType, activityType, taskQueue, attempt, error } = (meta ?? {}) as Record<
    string,
    unknown
  >;
  return Object.fromEntries(
    Object.entries({ workflowId, workflowType, activityType, taskQueue, attempt, err: error }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}
