import { PLAIN, readLine } from '../../parts/terminal.ts';

/** The last lines of a log as text: nothing in them moves or hides what is around. `isCut`: its first line is not whole. */
export function lastLines(text: string, most: number, isCut: boolean): string[] {
  const lines = text.split(/\r\n?|\n/).map(plain);
  const whole = isCut ? lines.slice(1) : lines;
  const said = whole.filter((line) => line.trim() !== '');
  // One endless line is all there is.
  return (said.length === 0 && isCut ? lines : said).slice(-most);
}

function plain(line: string): string {
  const { spans } = readLine(line, PLAIN);
  return spans.map(({ text }) => text).join('');
}
