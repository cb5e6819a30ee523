/** Where a text is within another, letters of ASCII large or small as the search of the API has it. */
export function splitAt(text: string, wanted: string): { text: string; isFound: boolean }[] {
  if (wanted === '') return [{ text, isFound: false }];
  const [inText, inWanted] = [folded(text), folded(wanted)];
  const parts: { text: string; isFound: boolean }[] = [];
  let at = 0;
  for (let found = inText.indexOf(inWanted); found >= 0; found = inText.indexOf(inWanted, at)) {
    if (found > at) parts.push({ text: text.slice(at, found), isFound: false });
    at = found + wanted.length;
    parts.push({ text: text.slice(found, at), isFound: true });
  }
  if (at < text.length) parts.push({ text: text.slice(at), isFound: false });
  return parts;
}

function folded(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
