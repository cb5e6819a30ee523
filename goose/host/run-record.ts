import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWholeFile } from '../../os/whole-file.ts';
import { isCgroupOfRun } from '../start/cgroup.ts';
import type { ProcessId } from './process-table.ts';

const TOKEN = /^[0-9a-f]{32}$/;
/** None comes near it. */
const LARGEST_RECORD_BYTES = 64 * 1024;

/** What this host knows of one goose run while it lasts, on disk, so that it survives the worker. */
export interface RunRecord {
  token: string;
  taskId: number;
  agent: string;
  attemptId: string;
  workflowId: string;
  runId: string;
  /** Base64: with it, whoever has seen the processes dead can fail the activity. */
  activityTaskToken: string;
  host: string;
  bootId: string;
  worker: ProcessId;
  /** Absent until goose has been started. */
  goose?: ProcessId;
  /** The directory of its cgroup, if it has one; it is made when goose starts. */
  cgroup?: string;
  /** Between SIGTERM and SIGKILL. */
  graceMs: number;
  /** Milliseconds since 1970, as is `deadlineAt`. */
  startedAt: number;
  /** After this moment nobody may rely on the worker to end the run. */
  deadlineAt: number;
}

/** A token for a new run: 32 hexadecimal digits. */
export function newRunToken(): string {
  return randomBytes(16).toString('hex');
}

/**
 * Writes or replaces the record of a run. It need not survive a power cut, since no process does. Throws if the disk does
 * not take it: then goose must not be started.
 */
export async function writeRunRecord(runningDir: string, record: RunRecord): Promise<void> {
  const path = recordPath(runningDir, record.token);
  // That name, so that whoever removes the record removes what a killed worker has left too.
  await writeWholeFile(path, `${JSON.stringify(record)}\n`, `${path}.tmp`);
}

/** Neither through a link, nor from a pipe, which would hold a guardian for ever. */
async function readOwnFile(path: string): Promise<string> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const facts = await file.stat();
    if (!facts.isFile() || facts.size > LARGEST_RECORD_BYTES) throw new Error('it is not a file of ours');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Of an error: the file is none that a worker of ours has written. */
const NOT_OURS = new Set(['EACCES', 'EPERM', 'ELOOP', 'ENXIO']);

export interface RunRecords {
  records: RunRecord[];
  /** Files that are no records or cannot be read, as sentences. */
  problems: string[];
  /** Set where one of those that cannot be read may be a record: then a run may be there of which `records` does not tell. */
  unread?: Error;
}

/** All records in the folder, of other hosts too. Throws where the folder cannot be read. */
export async function readRunRecords(runningDir: string): Promise<RunRecords> {
  const records: RunRecord[] = [];
  const problems: string[] = [];
  let unread: Error | undefined;
  for (const name of await namesIn(runningDir)) {
    if (!name.endsWith('.json')) continue;
    const path = join(runningDir, name);
    try {
      const record: unknown = JSON.parse(await readOwnFile(path));
      if (isRunRecord(record) && name === `${record.token}.json`) records.push(record);
      else problems.push(`${path} is not a run record: look at it, then delete it`);
    } catch (error) {
      if (isMissing(error)) continue;
      problems.push(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
      if (mayBeOurs(error)) unread ??= error;
    }
  }
  return { records, problems, ...(unread && { unread }) };
}

function mayBeOurs(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && !NOT_OURS.has(String(error.code));
}

/** It is no error if the record has gone already. */
export async function deleteRunRecord(runningDir: string, token: string): Promise<void> {
  const path = recordPath(runningDir, token);
  await rm(path, { force: true });
  // Left by a worker that was killed while it wrote.
  await rm(`${path}.tmp`, { force: true });
}

/** The record of a run of our own, on disk until `remove`. Changes are written one after another. */
export class KeptRecord {
  readonly #runningDir: string;
  #record: RunRecord;
  #written: Promise<void>;
  #removed = false;

  constructor(runningDir: string, record: RunRecord) {
    this.#runningDir = runningDir;
    this.#record = record;
    this.#written = writeRunRecord(runningDir, record);
    this.#written.catch(() => {});
  }

  /** Resolves when it is on disk; throws if it cannot be. */
  written(): Promise<void> {
    return this.#written;
  }

  /** A change after `remove` is none. Throws if the disk does not take it; the next change tries again. */
  change(changes: Partial<Pick<RunRecord, 'goose' | 'deadlineAt'>>): Promise<void> {
    this.#record = { ...this.#record, ...changes };
    this.#written = this.#written
      .catch(() => {})
      .then(() => (this.#removed ? undefined : writeRunRecord(this.#runningDir, this.#record)));
    this.#written.catch(() => {});
    return this.#written;
  }

  async remove(): Promise<void> {
    this.#removed = true;
    await this.#written.catch(() => {});
    await deleteRunRecord(this.#runningDir, this.#record.token);
  }
}

/** By hand: the guardian reads records, and a library for it would cost a third of its memory. */
function isRunRecord(value: unknown): value is RunRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Record<keyof RunRecord, unknown>;
  const texts = [record.agent, record.attemptId, record.workflowId, record.runId];
  const numbers = [record.taskId, record.graceMs, record.startedAt, record.deadlineAt];
  return (
    typeof record.token === 'string' &&
    TOKEN.test(record.token) &&
    [...texts, record.activityTaskToken, record.host, record.bootId].every(
      (text) => typeof text === 'string',
    ) &&
    numbers.every((number) => Number.isFinite(number)) &&
    isProcessId(record.worker) &&
    (record.goose === undefined || isProcessId(record.goose)) &&
    (record.cgroup === undefined || isCgroupOfRun(String(record.cgroup), record.token))
  );
}

function isProcessId(value: unknown): boolean {
  const { pid, startTime } = (value ?? {}) as Record<string, unknown>;
  return Number.isSafeInteger(pid) && Number(pid) > 0 && Number.isFinite(startTime);
}

function recordPath(runningDir: string, token: string): string {
  if (!TOKEN.test(token))
    throw new Error(`a run token is 32 hexadecimal digits, not ${JSON.stringify(token)}`);
  return join(runningDir, `${token}.json`);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
