import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseScript, type Turn, turnAfter } from './model-script.ts';

/** The model's name, for `GOOSE_MODEL`. Any other name is served too. */
export const SCRIPTED_MODEL = 'scripted';

const MAX_BODY_BYTES = 64 * 1024 * 1024;
const USAGE = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };

export interface ScriptedModel {
  /** For `OPENAI_HOST`: `http://127.0.0.1:<port>`. */
  url: string;
  port: number;
  /** Chat requests so far, those on the side included. */
  requests(): number;
  close(): Promise<void>;
}

/** The parts of an OpenAI chat request that matter here. */
interface ChatRequest {
  stream?: boolean;
  messages?: { role: string; content?: unknown; tool_calls?: unknown[] }[];
  tools?: { function?: { name?: string } }[];
}

/**
 * An OpenAI-compatible chat model on loopback that plays the script in its prompt (see model-script.ts), so that
 * goose can run without a key. It keeps nothing between requests. `port` 0 takes a free one; throws if it is taken.
 */
export async function startScriptedModel({ port }: { port: number }): Promise<ScriptedModel> {
  let requests = 0;
  const closing = new AbortController();
  const server = createServer((request, response) => {
    // An abort or a broken socket ends one answer; it must not end the server.
    serve(request, response).catch(() => response.destroy());
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0];
    if (request.method === 'GET' && path?.endsWith('/models')) {
      sendJson(response, 200, { object: 'list', data: [{ id: SCRIPTED_MODEL, object: 'model' }] });
      return;
    }
    if (request.method !== 'POST' || !path?.endsWith('/chat/completions')) {
      sendError(response, 404, `no ${request.method} ${path} here; use POST /v1/chat/completions`);
      return;
    }
    requests += 1;
    const number = requests;
    let chat: ChatRequest;
    let turn: Turn;
    try {
      chat = JSON.parse(await bodyOf(request)) as ChatRequest;
      turn = turnAfter(parseScript(promptOf(chat)), toolCallsIn(chat));
    } catch (error) {
      sendError(response, 400, error instanceof Error ? error.message : String(error));
      return;
    }
    if (turn.waitMs > 0) {
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      await sleep(turn.waitMs, undefined, { signal: AbortSignal.any([closing.signal, gone.signal]) });
    }
    play(chat, turn, number, response);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${boundPort}`,
    port: boundPort,
    requests: () => requests,
    close: () => {
      closing.abort();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The script is looked for in what people wrote, not in answers or tool results, which may quote it. */
function promptOf(chat: ChatRequest): string {
  const written = (chat.messages ?? []).filter(({ role }) => role === 'user' || role === 'system');
  return written.map(({ content }) => textOf(content)).join('\n');
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: { text?: unknown }) => (typeof part.text === 'string' ? part.text : ''))
    .join('\n');
}

function toolCallsIn(chat: ChatRequest): number {
  return (chat.messages ?? []).reduce(
    (count, message) => count + (message.role === 'assistant' ? (message.tool_calls?.length ?? 0) : 0),
    0,
  );
}

function play(chat: ChatRequest, { step }: Turn, number: number, response: ServerResponse): void {
  const answer = new Answer(chat.stream === true, `scripted-${number}`, response);
  switch (step.kind) {
    case 'say':
      answer.text(step.text, 'stop');
      break;
    case 'length':
      answer.text('half an ans', 'length');
      break;
    case 'empty':
      answer.text('', 'stop');
      break;
    case 'cut':
      answer.cut('half an ans');
      break;
    case 'tear':
      answer.toolCall(`call_${number}`, offeredTool(chat, 'shell') ?? 'shell', '{"comm');
      break;
    case 'fail':
      sendError(response, step.status, step.message);
      break;
    case 'tool': {
      const name = offeredTool(chat, step.tool);
      if (name !== undefined) answer.toolCall(`call_${toolCallsIn(chat)}`, name, JSON.stringify(step.args));
      else sendError(response, 400, `the script calls the tool "${step.tool}", which is not offered`);
    }
  }
}

/** goose puts an extension's name and `__` before the names of its tools, except for its own ones. */
function offeredTool(chat: ChatRequest, wanted: string): string | undefined {
  const offered = (chat.tools ?? []).map((tool) => tool.function?.name ?? '');
  return offered.find((name) => name === wanted) ?? offered.find((name) => name.endsWith(`__${wanted}`));
}

/** One chat completion, as server-sent events or in one piece. */
class Answer {
  readonly #stream: boolean;
  readonly #id: string;
  readonly #response: ServerResponse;

  constructor(stream: boolean, id: string, response: ServerResponse) {
    this.#stream = stream;
    this.#id = id;
    this.#response = response;
  }

  text(content: string, finishReason: string): void {
    this.#send({ role: 'assistant', content }, finishReason);
  }

  toolCall(id: string, name: string, args: string): void {
    const call = { index: 0, id, type: 'function', function: { name, arguments: args } };
    this.#send({ role: 'assistant', content: null, tool_calls: [call] }, 'tool_calls');
  }

  cut(content: string): void {
    this.#head();
    this.#response.write(this.#event({ choices: [choice({ role: 'assistant', content }, null)] }), () =>
      this.#response.destroy(),
    );
  }

  #send(message: Record<string, unknown>, finishReason: string): void {
    if (!this.#stream) {
      const choices = [{ index: 0, message, finish_reason: finishReason }];
      sendJson(this.#response, 200, { ...this.#envelope('chat.completion'), choices, usage: USAGE });
      return;
    }
    this.#head();
    this.#response.write(this.#event({ choices: [choice(message, null)] }));
    this.#response.write(this.#event({ choices: [choice({}, finishReason)] }));
    this.#response.write(this.#event({ choices: [], usage: USAGE }));
    this.#response.end('data: [DONE]\n\n');
  }

  #head(): void {
    this.#response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  }

  #event(fields: Record<string, unknown>): string {
    return `data: ${JSON.stringify({ ...this.#envelope('chat.completion.chunk'), ...fields })}\n\n`;
  }

  #envelope(object: string): Record<string, unknown> {
    return { id: this.#id, object, created: Math.floor(Date.now() / 1000), model: SCRIPTED_MODEL };
  }
}

function choice(delta: Record<string, unknown>, finishReason: string | null): Record<string, unknown> {
  return { index: 0, delta, finish_reason: finishReason };
}

function sendError(response: ServerResponse, status: number, message: string): void {
  sendJson(response, status, { error: { message, type: 'scripted', code: status } });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error(`the request is over ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
