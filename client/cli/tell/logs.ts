import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../../config/config.ts';
import type { Attempt } from '../../../contract/attempts.ts';
import { hasCode } from '../../../contract/errors.ts';
import { LogTail } from '../../../goose/run/log-tail.ts';
import { sayAttemptEnd, sayLogNews } from '../../../words/log-news.ts';
import {
  chooseAttempt,
  findLog,
  isElsewhere,
  logPath,
  logsHere,
  notHere,
  unreadable,
} from '../../attempt-log.ts';
import { logJson } from '../../json/attempt.ts';
import type { SchedulerClient } from '../../scheduler-client.ts';
import { type Context, UsageError } from '../call/context.ts';
import { readerGone } from '../call/readers.ts';
import { connectHere } from '../call/scheduler.ts';
import { stopAsked } from '../serve/stopping.ts';
import { LogPrinter, paragraph, printJson, say } from '../show/print.ts';

export interface LogOptions {
  follow?: boolean;
  /** Number of the attempt; absent: the last one. */
  attempt?: number;
  json?: boolean;
}

const LOOK_MS = 200;
/** Between two questions to the server whether the attempt is over. */
const ASK_MS = 1_000;

/** `logs`: the log of an attempt, as far as it lies on this host. Exit code 0. */
export async function showLog(context: Context, taskId: number, options: LogOptions) {
  const { follow, attempt: number, json } = options;
  if (follow && json)
    throw new UsageError('logs: --follow shows the log as it is written, so it takes no --json');
  const { config } = context.loaded;
  const scheduler = await connectHere(context).catch((error) => sayLogsHere(error, config, taskId));
  try {
    const attempts = await scheduler.attempts(taskId).catch((error) => sayLogsHere(error, config, taskId));
    const attempt = chooseAttempt(attempts, taskId, number);
    if (follow) await new Following(scheduler, config, attempt).run();
    else {
      const path = await findLog(config, attempt);
      if (json) printJson(logJson(attempts, attempt, { path, ...(await wholeLog(path)) }));
      else await printLog(path, attempt);
    }
    return 0;
  } finally {
    await scheduler.close();
  }
}

/** Which attempts there were only the server tells, but their logs lie here all the same. @throws what it was given */
async function sayLogsHere(error: unknown, config: Config, taskId: number): Promise<never> {
  if (hasCode(error, 'temporal-unreachable', 'temporal-stuck', 'temporal-failed')) {
    const paths = await logsHere(config, taskId);
    if (paths.length > 0)
      say(
        paragraph(`Logs of task ${taskId} on this host, the latest first:`, ...paths.slice(0, PATHS_SHOWN)),
      );
  }
  throw error;
}

const PATHS_SHOWN = 5;

async function printLog(path: string, attempt: Attempt): Promise<void> {
  say(`attempt ${attempt.number} on ${attempt.agent}: ${path}`);
  const tail = new LogTail(path);
  const printer = new LogPrinter();
  let isWanted = true;
  void readerGone.then(() => {
    isWanted = false;
  });
  try {
    for (let news = await tail.next(); news !== undefined && isWanted; news = await tail.next())
      if (news.what === 'bytes') await Promise.race([printer.take(news.bytes), readerGone]);
    await Promise.race([printer.end(), readerGone]);
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    await tail.close();
  }
}

/** Of a log, as one JSON text can have it; a longer one is for those who read the file. */
const LONGEST_TEXT = 32_000_000;

async function wholeLog(path: string): Promise<{ text: string; isCut: boolean }> {
  const tail = new LogTail(path);
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for (let news = await tail.next(); news !== undefined; news = await tail.next()) {
      if (news.what !== 'bytes') continue;
      pieces.push(news.bytes);
      bytes += news.bytes.length;
      if (bytes >= LONGEST_TEXT) break;
    }
    return { text: Buffer.concat(pieces).toString(), isCut: bytes >= LONGEST_TEXT };
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    await tail.close();
  }
}

/** Shows a log while it is written, until the attempt is over, a person stops it, or nobody reads. */
class Following {
  readonly #scheduler: SchedulerClient;
  readonly #config: Config;
  readonly #path: string;
  readonly #tail: LogTail;
  readonly #printer = new LogPrinter();
  readonly #stopped = Promise.race([stopAsked(), readerGone]).then(() => {
    this.#goesOn = false;
  });
  #goesOn = true;
  /** Undefined: its run is known no more. */
  #attempt: Attempt | undefined;
  #last: Attempt;
  #hasBegun = false;
  #saidNoAnswer = false;

  constructor(scheduler: SchedulerClient, config: Config, attempt: Attempt) {
    const path = logPath(config, attempt);
    this.#config = config;
    this.#scheduler = scheduler;
    this.#attempt = attempt;
    this.#last = attempt;
    this.#path = path;
    this.#tail = new LogTail(path);
  }

  async run(): Promise<void> {
    const { number, agent } = this.#last;
    say(`attempt ${number} on ${agent}: ${this.#path}`);
    try {
      await Promise.race([this.#follow(), this.#stopped]);
    } finally {
      this.#goesOn = false;
      await this.#tail.close();
    }
  }

  async #follow(): Promise<void> {
    let askAtMs = performance.now() + ASK_MS;
    while (this.#goesOn) {
      // What was written before it was over is read after that is known.
      const isOver = this.#attempt === undefined || this.#attempt.endedAtMs !== null;
      await this.#show();
      if (isOver) break;
      await sleep(LOOK_MS);
      if (performance.now() < askAtMs) continue;
      await this.#ask();
      askAtMs = performance.now() + ASK_MS;
    }
    if (!this.#goesOn) return;
    await this.#printer.end();
    say(sayAttemptEnd(this.#last, this.#attempt !== undefined));
  }

  async #show(): Promise<void> {
    try {
      for (let news = await this.#tail.next(); news !== undefined && this.#goesOn; ) {
        this.#hasBegun = true;
        if (news.what === 'bytes') await this.#printer.take(news.bytes);
        else say(sayLogNews(news.what));
        news = await this.#tail.next();
      }
    } catch (error) {
      if (this.#goesOn) throw unreadable(this.#path, error);
    }
    const isDue = this.#last.endedAtMs !== null || isElsewhere(this.#last);
    if (!this.#hasBegun && isDue) throw notHere(this.#config, this.#last, this.#path);
  }

  /** Whether it is over. A server that does not answer for a while ends nothing: the log goes on. */
  async #ask(): Promise<void> {
    try {
      this.#attempt = await this.#scheduler.attemptNow(this.#last);
      this.#last = this.#attempt ?? this.#last;
      this.#saidNoAnswer = false;
    } catch (error) {
      if (!this.#saidNoAnswer && this.#goesOn)
        say(`whether the attempt goes on is not known: ${(error as Error).message}`);
      this.#saidNoAnswer = true;
    }
  }
}
