import { readFileSync, writeFileSync } from 'node:fs';
import { temporal } from '@temporalio/proto';

const { History } = temporal.api.history.v1;
export type History = temporal.api.history.v1.IHistory;

// The SDK's own historyToJSON and historyFromJSON fail where npm installs two versions of protobufjs.
export function historyToObject(history: History): object {
  return History.toObject(History.fromObject(history), { bytes: String, longs: String, enums: String });
}

export function writeHistory(path: string, history: unknown): void {
  writeFileSync(path, `${JSON.stringify(history)}\n`);
}

export function readHistory(path: string): History {
  return History.fromObject(JSON.parse(readFileSync(path, 'utf8')));
}
