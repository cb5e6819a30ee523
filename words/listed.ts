/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[], and: 'and' | 'or' = 'and'): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} ${and} ${last}`;
}

/** The first of many, and how many more there are: `a, b and 7 more`. `beyond`: so many more that are not among them. */
export function firstListed(parts: readonly (string | number)[], most: number, beyond = 0): string {
  const more = Math.max(0, parts.length - most) + beyond;
  return `${parts.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
