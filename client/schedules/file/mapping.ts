import { isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { FileProblem } from '../../../contract/schedule-file.ts';
import { isEmpty, type YamlText } from './yaml-text.ts';

/** A value of a mapping, with the line of its key. */
export interface Entry {
  line: number;
  value: Node;
}

export type Tell = (problem: FileProblem) => void;

/** The entries of a mapping by their keys; a key that comes twice, and one that is no text, is told. */
export function entriesOf(map: YAMLMap, yaml: YamlText, tell: Tell): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const { key, value } of map.items as { key: Node; value: Node | null }[]) {
    const line = yaml.lineOf(key);
    const name = yaml.resolved(key);
    const text = name !== undefined && isScalar(name) ? String(name.value) : undefined;
    if (text === '<<') {
      tell({ line, code: 'merge-key' });
      continue;
    }
    const before = text === undefined ? undefined : entries.get(text);
    if (before !== undefined) tell({ line, code: 'key-twice', key: text as string, firstLine: before.line });
    const meant = value === null ? undefined : yaml.resolved(value);
    if (text === undefined) tell({ line, code: 'unknown-key', key: '?', known: [] });
    else if (meant !== undefined) entries.set(text, { line, value: meant });
  }
  return entries;
}

/** As a field takes it: a text, or a list of texts. What is neither is an object, which no field takes. */
export function plainValue(node: Node, yaml: YamlText): unknown {
  if (isEmpty(node)) return '';
  if (isScalar(node)) return String(node.value);
  if (!isSeq(node)) return {};
  return (node.items as Node[]).map((item) => {
    const meant = yaml.resolved(item);
    return meant !== undefined && isScalar(meant) ? String(meant.value) : {};
  });
}
