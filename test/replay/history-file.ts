import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { temporal } from '@temporalio/proto';

const { History } = temporal.api.history.v1;
export type History = temporal.api.history.v1.IHistory;

/** Characters. */
const LONG = 200_000;

// The SDK's own historyToJSON and historyFromJSON fail where npm installs two versions of protobufjs.
export function historyToObject(history: History): object {
  return History.toObject(History.fromObject(history), { bytes: String, longs: String, enums: String });
}

/** A long one is written compressed. */
export function writeHistory(folder: string, name: string, history: unknown): void {
  const text = `${JSON.stringify(history)}\n`;
  if (text.length < LONG) writeFileSync(`${folder}${name}.json`, text);
  else writeFileSync(`${folder}${name}.json.gz`, gzipSync(text, { level: 9 }));
}

export function readHistory(path: string): History {
  const bytes = readFileSync(path);
  return History.fromObject(JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()));
}
