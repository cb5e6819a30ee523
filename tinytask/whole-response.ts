import { createParser } from 'eventsource-parser';
import { ConnectionFailure } from './connection-failure.ts';
import { quote } from './errors.ts';

/**
 * A response whose body has arrived. With `carriesMessage`, a body that cannot be MCP's is a
 * ConnectionFailure that quotes it.
 *
 * An event stream is handed on as a JSON list of the messages in it: over a stream that ends or breaks off
 * without the answer MCP's client would wait for ever.
 */
export class WholeResponse extends Response {
  readonly #text: string;

  constructor(text: string, init: { status: number; headers: [string, string][]; carriesMessage: boolean }) {
    const headers = new Headers(init.headers);
    const type = headers.get('content-type') ?? '';
    const checked = init.carriesMessage && init.status === 200 && text !== '';
    const events = checked && type.startsWith('text/event-stream');
    if (events) headers.set('content-type', 'application/json');
    super(text === '' ? null : text, { status: init.status, headers });
    this.#text = events ? `[${eventData(text).join(',')}]` : text;
    if (checked && !events && !type.includes('json')) throw notMcp(`content type ${quote(type)}`, text);
    if (this.#text === '[]') throw notMcp('no message in it', text);
  }

  override json = async (): Promise<unknown> => {
    try {
      return JSON.parse(this.#text);
    } catch (error) {
      throw notMcp((error as Error).message, this.#text);
    }
  };
}

function eventData(stream: string): string[] {
  const events: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => events.push(data) });
  // The last event counts also where its blank line is missing.
  parser.feed(`${stream}\n\n`);
  return events.filter((data) => data !== '');
}

function notMcp(what: string, body: string): ConnectionFailure {
  return new ConnectionFailure('broken-reply', true, `${what}; it begins ${quote(body)}`);
}
