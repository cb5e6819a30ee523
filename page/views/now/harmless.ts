/** What a terminal would obey: colours, titles, the cursor. */
const SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g;
const CONTROLS = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** The last lines of a log as text: nothing in them moves or hides what is around. `isCut`: its first line is not whole. */
export function lastLines(text: string, most: number, isCut: boolean): string[] {
  const plain = text.replace(SEQUENCES, '').replace(/\r\n?/g, '\n').replace(CONTROLS, '�');
  const lines = plain.split('\n');
  const whole = isCut ? lines.slice(1) : lines;
  const said = whole.filter((line) => line.trim() !== '');
  // One endless line is all there is.
  return (said.length === 0 && isCut ? lines : said).slice(-most);
}
