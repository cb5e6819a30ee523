import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';

export interface RawPayload {
  metadata: Record<string, Uint8Array>;
  data: Uint8Array;
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** A payload as anybody may send it: of any encoding, with any data. */
export function rawPayload(encoding: string | null, data: string | Uint8Array): RawPayload {
  return {
    metadata: encoding === null ? {} : { encoding: bytes(encoding) },
    data: typeof data === 'string' ? bytes(data) : data,
  };
}

/** What none of our workers can read. */
export const UNREADABLE: Record<string, RawPayload> = {
  'json/protobuf': rawPayload('json/protobuf', '{"a":1}'),
  'binary/protobuf': rawPayload('binary/protobuf', new Uint8Array([1, 2, 3])),
  'binary/encrypted': rawPayload('binary/encrypted', new Uint8Array(100)),
  'no encoding': rawPayload(null, '{}'),
  'broken JSON': rawPayload('json/plain', '{"a":'),
  'bytes that are no text': rawPayload('json/plain', new Uint8Array([0xff, 0xfe, 0x22])),
  bytes: rawPayload('binary/plain', new Uint8Array([0, 255])),
};

export async function sendRaw(
  client: Client,
  workflowId: string,
  signalName: string,
  ...payloads: RawPayload[]
): Promise<void> {
  await client.workflowService.signalWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
    signalName,
    requestId: randomUUID(),
    identity: 'test',
    input: { payloads },
  });
}

/** Asks for a pass with this input. Throws what the one who asks is told. */
export async function updateRaw(
  client: Client,
  workflowId: string,
  ...payloads: RawPayload[]
): Promise<void> {
  const { outcome } = await client.connection.withDeadline(Date.now() + 10_000, () =>
    client.workflowService.updateWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId },
      waitPolicy: { lifecycleStage: 3 },
      request: {
        meta: { updateId: randomUUID(), identity: 'test' },
        input: { name: 'pass', args: { payloads } },
      },
    }),
  );
  if (outcome?.failure) throw new Error(outcome.failure.message ?? 'refused');
}
