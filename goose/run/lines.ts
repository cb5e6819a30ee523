/**
 * Cuts a byte stream into lines, whatever the borders of its chunks. A line over `maxLineBytes` is dropped as it
 * comes, so memory stays bounded.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  readonly #onLine: (line: string) => void;
  readonly #onDropped: () => void;
  #parts: Buffer[] = [];
  #bytes = 0;
  #dropping = false;

  constructor(maxLineBytes: number, onLine: (line: string) => void, onDropped: () => void) {
    this.#maxLineBytes = maxLineBytes;
    this.#onLine = onLine;
    this.#onDropped = onDropped;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      this.#add(chunk.subarray(start, end));
      this.#finishLine();
      start = end + 1;
    }
    if (start < chunk.length) this.#add(chunk.subarray(start));
  }

  /** The rest after the last line feed is a line too. */
  end(): void {
    if (this.#bytes > 0 || this.#dropping) this.#finishLine();
  }

  #add(part: Buffer): void {
    if (this.#dropping) return;
    this.#bytes += part.length;
    if (this.#bytes > this.#maxLineBytes) {
      this.#dropping = true;
      this.#parts = [];
    } else {
      this.#parts.push(part);
    }
  }

  #finishLine(): void {
    const parts = this.#parts;
    const dropped = this.#dropping;
    this.#parts = [];
    this.#bytes = 0;
    this.#dropping = false;
    if (dropped) this.#onDropped();
    else this.#onLine(Buffer.concat(parts).toString('utf8'));
  }
}
