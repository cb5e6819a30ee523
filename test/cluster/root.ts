/** The repository: of this file as it is, and of what it is compiled to, below dist/. */
export function rootOf(): URL {
  const here = import.meta.url;
  return new URL(here.includes('/dist/test/') ? '../../../' : '../../', here);
}
