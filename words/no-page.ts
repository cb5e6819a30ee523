/** In the place of the page, where this installation has none. */
export function sayNoPage(): string {
  return [
    'TinyScheduler is here, but its page is not: this installation was built by a Node.js older than 20.19.',
    'Build it with a newer one (npm run build); all else works.',
    'GET /api/state tells how things are, and GET /docs what can be asked.',
    '',
  ].join('\n');
}
