/** What a terminal would obey: colours, titles, the cursor. */
const SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** The last lines of a log as text: nothing in them moves or hides what is around. `isCut`: its first line is not whole. */
export function lastLines(text: string, most: number, isCut: boolean): string[] {
  const plain = text.replace(SEQUENCES, '').replace(/\r\n?/g, '\n').replace(CONTROLS, '�');
  const lines = plain.split('\n');
  const whole = isCut ? lines.slice(1) : lines;
  const said = whole.filter((line) => line.trim() !== '');
  // One endless line is all there is.
  return (said.length === 0 && isCut ? lines : said).slice(-most);
}
