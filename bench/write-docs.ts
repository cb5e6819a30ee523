import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './figures.ts';
import { markdownTable } from './report.ts';

const BEGIN = '<!-- written by `npm run bench -- --write-docs`; do not edit -->';
const END = '<!-- end of what is written -->';

/** Replaces the generated part of docs/performance.md; what stands around it is written by hand and stays. */
export function writeDocs(root: string, figures: readonly Figure[], temporalVersion: string): void {
  const path = join(root, 'docs/performance.md');
  const text = readFileSync(path, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${path} has no part between ${BEGIN} and ${END}`);
  const part = `${BEGIN}\n\n${machine(temporalVersion)}\n\n${markdownTable(figures)}\n\n`;
  writeFileSync(path, text.slice(0, from) + part + text.slice(to));
}

function machine(temporalVersion: string): string {
  const [cpu] = cpus();
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  return (
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores (${cpu?.model.trim()}), ` +
    `${memoryGb} GB of memory, ${type()} ${release().split('-')[0]}, Node.js ${process.versions.node}, ${temporalVersion}.`
  );
}
