/** Looks at each name once, however often it is asked about. */
export function once<Seen>(look: (name: string) => Promise<Seen>): (name: string) => Promise<Seen> {
  const looks = new Map<string, Promise<Seen>>();
  return (name) => {
    const before = looks.get(name) ?? look(name);
    looks.set(name, before);
    return before;
  };
}
