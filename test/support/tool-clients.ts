import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OlderStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as OlderHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { ToolAnswer } from './tool-stand.ts';

/** A client of the SDK, of one of the two ages that the protocol has. */
export interface ToolClient {
  age: Age;
  tools(): Promise<string[]>;
  call(name: string, args?: Record<string, unknown>): Promise<ToolAnswer>;
  close(): Promise<void>;
}

/** `2025`: begins with `initialize`, as most clients do. `2026`: sends all that is needed with each request. */
export const AGES = ['2025', '2026'] as const;
export type Age = (typeof AGES)[number];

const NAME = { name: 'tests', version: '1' };

export interface HttpPlace {
  url: string;
  token?: string;
  fetch?: typeof fetch;
}

export async function httpClient(age: Age, { url, token, fetch }: HttpPlace): Promise<ToolClient> {
  const options = {
    ...(fetch && { fetch }),
    ...(token !== undefined && { requestInit: { headers: { authorization: `Bearer ${token}` } } }),
  };
  if (age === '2026') {
    const client = newClient();
    await client.connect(new StreamableHTTPClientTransport(new URL(url), options));
    return asToolClient(age, client);
  }
  const client = new OlderClient(NAME);
  await client.connect(new OlderHttp(new URL(url), options) as never);
  return asToolClient(age, client);
}

export interface Program {
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
}

export async function stdioClient(age: Age, program: Program): Promise<ToolClient & { pid: number | null }> {
  const options = { ...program, stderr: 'ignore' as const };
  if (age === '2026') {
    const [client, transport] = [newClient(), new StdioClientTransport(options)];
    await client.connect(transport);
    return { ...asToolClient(age, client), pid: transport.pid };
  }
  const [client, transport] = [new OlderClient(NAME), new OlderStdio(options)];
  await client.connect(transport);
  return { ...asToolClient(age, client), pid: transport.pid };
}

function newClient(): Client {
  return new Client(NAME, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
}

interface AnyClient {
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(asked: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  close(): Promise<void>;
}

interface AnyResult {
  isError?: boolean;
  content: { type: string; text?: string }[];
  structuredContent?: Record<string, unknown>;
}

function asToolClient(age: Age, client: AnyClient): ToolClient {
  return {
    age,
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    async call(name, args = {}) {
      const result = (await client.callTool({ name, arguments: args })) as AnyResult;
      const { isError = false, content, structuredContent: facts = {} } = result;
      return { isError, text: content[0]?.text ?? '', facts };
    },
    close: () => client.close(),
  };
}
