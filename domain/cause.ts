/** A number that stands alone: none within a name, an address, a version, a time or quotation marks. */
const FIGURES = /(?=\d)(?<![\p{L}\d._:/"“'‘-])\d+(?:[.,]\d+)?(?![\p{L}\d_"”'’-]|[.:]\d)/gu;

/** The same for causes that only differ in how much or how often: `it has used 512 tokens` and `it has used 730 tokens`. */
export function causeKey(cause: string): string {
  return cause.replace(FIGURES, '#');
}

/** Causes with one key as one sentence: `it has used … tokens`. */
export function sayCauses(causes: readonly string[]): string {
  const [first = '', ...others] = causes;
  const figures = others.map((each) => each.match(FIGURES));
  let at = -1;
  return first.replace(FIGURES, (figure) => {
    at += 1;
    return figures.every((each) => each?.[at] === figure) ? figure : '…';
  });
}
