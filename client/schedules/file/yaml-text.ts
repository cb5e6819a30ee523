import {
  type Alias,
  Composer,
  type Document,
  isAlias,
  isScalar,
  Lexer,
  LineCounter,
  type Node,
  type ParsedNode,
  Parser,
  visit,
} from 'yaml';
import type { FileProblem } from '../../../contract/schedule-file.ts';
import { cut } from '../../../domain/cut.ts';

/** A file of 10,000 schedules with ten keys each has 900,000 of them. */
const MOST_PIECES = 1_500_000;
const MOST_DOCUMENTS = 1_000;
const MOST_TOLD = 20;

/** A YAML text that could be read. */
export interface YamlText {
  /** The contents of its documents; those without any are left out. */
  contents: ParsedNode[];
  /** Line of a node, from 1 on. */
  lineOf(node: Node): number;
  /** What an alias stands for, and any other node itself. */
  resolved(node: Node): Node | undefined;
}

/**
 * Reads YAML 1.2 with texts alone: what looks like a number, a truth value or a time stays as it was written. An alias is followed
 * where it is met, and never copied out, so that a small text cannot become a large one.
 */
export function readYaml(text: string): YamlText | { problems: FileProblem[] } {
  const lines = new LineCounter();
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const documents: Document.Parsed[] = [];
  for (const document of documentsOf(text, lines)) {
    if (document === 'too-many-parts') return { problems: [{ line: null, code: 'too-many-parts' }] };
    // What follows the first one may follow from it.
    const [error] = document.errors;
    if (error !== undefined)
      return { problems: [{ line: lineAt(error.pos[0]), code: 'not-yaml', text: cut(error.message) }] };
    documents.push(document);
  }
  const meanings = new Map<Node, Node>();
  const unknown = documents.flatMap((document) => followAliases(document, meanings));
  if (unknown.length > 0) {
    const problems = unknown.slice(0, MOST_TOLD).map(
      ({ range, source }): FileProblem => ({
        ...{ line: lineAt(range?.[0] ?? 0), code: 'not-yaml' },
        text: cut(`there is no &${source} before this *${source}`),
      }),
    );
    return { problems };
  }
  return {
    contents: documents.flatMap(({ contents }) => (contents === null || isEmpty(contents) ? [] : [contents])),
    lineOf: ({ range }) => lineAt(range?.[0] ?? 0),
    resolved: (node) => (isAlias(node) ? meanings.get(node) : node),
  };
}

/** Piece by piece, so that a text that is made to harm is given up before it does. */
function* documentsOf(text: string, lines: LineCounter): Generator<Document.Parsed | 'too-many-parts'> {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({
    ...{ schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' },
  });
  let pieces = 0;
  let documents = 0;
  for (const piece of new Lexer().lex(text)) {
    pieces += 1;
    if (pieces > MOST_PIECES || documents > MOST_DOCUMENTS) {
      yield 'too-many-parts';
      return;
    }
    for (const token of parser.next(piece)) {
      for (const document of composer.next(token)) {
        documents += 1;
        yield document as Document.Parsed;
      }
    }
  }
  for (const token of parser.end()) yield* composer.next(token) as Iterable<Document.Parsed>;
  yield* composer.end(true, text.length) as Iterable<Document.Parsed>;
}

/** Notes what each alias stands for, and returns those that stand for nothing. */
function followAliases(document: Document.Parsed, meanings: Map<Node, Node>): Alias[] {
  const unknown: Alias[] = [];
  const anchors = new Map<string, Node>();
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) {
        const meant = anchors.get(node.source);
        if (meant === undefined) unknown.push(node);
        else meanings.set(node, meant);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node as Node);
    },
  });
  return unknown;
}

/** `null`, `~` or nothing. */
export function isEmpty(node: Node): boolean {
  return isScalar(node) && node.type === 'PLAIN' && /^(?:~|null)?$/i.test(String(node.value ?? ''));
}
