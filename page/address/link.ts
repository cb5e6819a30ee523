/**
 * Where somebody is: `#/tasks/42?phase=parked`. Behind the `#`, so that the server has one page to serve, and nothing of it
 * is sent or logged.
 */
export interface Address {
  /** The words between slashes, as they were written: `['tasks', '42']`. */
  path: readonly string[];
  /** Filters and what is selected. */
  query: ReadonlyMap<string, string>;
}

/** Of what cannot be read nothing is left. */
export function readAddress(text: string): Address {
  const [path = '', query = ''] = text.replace(/^#?\/?/, '').split('?', 2);
  return {
    path: path.split('/').filter(Boolean).map(decoded),
    query: new Map(new URLSearchParams(query)),
  };
}

/** As a link: `linkTo(['tasks', 42], { to: 'log' })`. What is empty is left out of the query. */
export function linkTo(
  path: readonly (string | number)[],
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value ? [[name, value]] : []));
  const words = new URLSearchParams(given).toString();
  return `#/${path.map((word) => encodeURIComponent(word)).join('/')}${words && `?${words}`}`;
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
