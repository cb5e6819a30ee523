import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import type { Findings } from './figures.ts';
import { markdownReport } from './report.ts';

const BEGIN = '<!-- written by `npm run bench -- --write-docs`; do not edit -->';
const END = '<!-- end of what is written -->';

/** Replaces the generated part of docs/performance.md; what stands around it is written by hand and stays. */
export function writeDocs(root: string, findings: Findings, temporalVersion: string): void {
  const path = join(root, 'docs/performance.md');
  const part = `${machine(temporalVersion)}\n\n${markdownReport(findings)}`;
  writeFileSync(path, withPart(readFileSync(path, 'utf8'), part));
}

/** The document with its generated part replaced. Throws where it has none. */
export function withPart(text: string, part: string): string {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no part between ${BEGIN} and ${END}`);
  return `${text.slice(0, from)}${BEGIN}\n\n${part}\n\n${text.slice(to)}`;
}

function machine(temporalVersion: string): string {
  const [cpu] = cpus();
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  return (
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores (${cpu?.model.trim()}), ` +
    `${memoryGb} GB of memory, ${type()} ${release().split('-')[0]}, Node.js ${process.versions.node}, ${temporalVersion}.`
  );
}
