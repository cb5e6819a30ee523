import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBareHttp } from './bare-http.ts';
import { cpuMsWithChildren } from './cpu.ts';

export interface Answers {
  /** Processor milliseconds of the server's process for each answer. */
  ms: number;
  bytes: number;
  text: string;
}

/** Asks one after the other, and looks at what that took the process that answers. `isWarm`: the first does not count. */
export async function answers(
  { pid, url }: { pid: number; url: string },
  times: number,
  restMs = 0,
  isWarm = true,
): Promise<Answers> {
  let text = isWarm ? await askOnce(url) : '';
  const before = cpuMsWithChildren(pid);
  for (let at = 0; at < times; at++) {
    await sleep(restMs);
    text = await askOnce(url);
  }
  return {
    ms: (cpuMsWithChildren(pid) - before) / times,
    bytes: Buffer.byteLength(text),
    text,
  };
}

async function askOnce(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`${new URL(url).pathname} answers ${response.status}: ${text}`);
  return text;
}

/** What the same bytes cost from memory. */
export async function bareAnswers(dir: string, text: string, times: number): Promise<Answers> {
  const file = join(dir, 'bare-bytes');
  await writeFile(file, text);
  const bare = await startBareHttp(file);
  try {
    return await answers({ pid: bare.pid, url: `${bare.url}/` }, times);
  } finally {
    bare.stop();
  }
}
