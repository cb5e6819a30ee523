// Others add tasks by a webhook, signed as https://www.standardwebhooks.com says:
//   WEBHOOK_SECRET=whsec_… node webhook.mjs --queue inbox [--port 8787]
//
//   POST /tasks   webhook-id, webhook-timestamp (seconds), webhook-signature: v1,<base64 of the HMAC>
//   {"title": "…", "description": "…"}
//
// 201: added; 200: this delivery added it before. The queue is chosen here, not by the sender. It listens on loopback: put a
// proxy with TLS before it.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { say, script, Usage } from './script.mjs';

const MOST_BYTES = 65_536;
/** A request that somebody has recorded is of no use later. */
const MOST_SECONDS_OLD = 300;

/** A request that is not taken. */
class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

await script(async (scheduler, signal) => {
  const { values } = parseArgs({
    options: { queue: { type: 'string' }, port: { type: 'string', default: '8787' } },
  });
  const secret = secretOf(process.env.WEBHOOK_SECRET);
  const port = Number(values.port);
  if (values.queue === undefined || !(port >= 0 && port < 65_536))
    throw new Usage('webhook.mjs --queue NAME [--port 8787]');

  const server = createServer(
    { headersTimeout: 5_000, requestTimeout: 10_000 },
    async (request, response) => {
      const [status, body] = await answer(request).catch((error) => {
        if (error instanceof Refused) return [error.status, { error: error.message }];
        if (error.code === 'key-used') return [409, { error: 'this id came with another task' }];
        say(`not added: ${error.message}`);
        // The sender tries again.
        return [503, { error: error.code ?? 'internal' }];
      });
      // What was not read of a request is not waited for.
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify(body));
    },
  );
  server.maxConnections = 100;

  async function answer(request) {
    if (request.url !== '/tasks') throw new Refused(404, 'there is only /tasks');
    if (request.method !== 'POST') throw new Refused(405, 'only POST');
    const bytes = await read(request);
    const id = idOf(request.headers, bytes, secret);
    const { task, isNew } = await scheduler.addOnce(id, { ...taskIn(bytes), queue: values.queue });
    return [isNew ? 201 : 200, { task_id: task.id }];
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening', { signal });
  console.log(`http://127.0.0.1:${server.address().port}/tasks`);
  await once(signal, 'abort');
  // Who is being answered gets the answer.
  await new Promise((closed) => server.close(closed));
  say(`ended by ${signal.reason}`);
  return 0;
});

function secretOf(text = '') {
  const secret = Buffer.from(text.replace(/^whsec_/, ''), 'base64');
  if (secret.length < 24) throw new Usage('WEBHOOK_SECRET is to be whsec_ and 24 bytes or more in base64');
  return secret;
}

async function read(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length <= MOST_BYTES) parts.push(part);
    // Read to its end, and not kept: who still sends does not see the answer. Beyond that there is none.
    else if (length > 16 * MOST_BYTES) request.destroy();
  }
  if (length > MOST_BYTES) throw new Refused(413, `more than ${MOST_BYTES} bytes`);
  return Buffer.concat(parts);
}

/** The id of a delivery that is signed and new enough. The signature is over the id, too, so nobody can change it. */
function idOf(headers, bytes, secret) {
  const {
    'webhook-id': id = '',
    'webhook-timestamp': seconds = '',
    'webhook-signature': signatures = '',
  } = headers;
  const expected = createHmac('sha256', secret).update(`${id}.${seconds}.`).update(bytes).digest();
  const isSigned = signatures.split(' ').some((each) => {
    const given = Buffer.from(each.replace(/^v1,/, ''), 'base64');
    return each.startsWith('v1,') && given.length === expected.length && timingSafeEqual(given, expected);
  });
  const isNew = Math.abs(Date.now() / 1_000 - Number(seconds)) <= MOST_SECONDS_OLD;
  if (!isSigned || !isNew) throw new Refused(401, 'not signed, or too old');
  if (!/^[\x21-\x7e]{1,200}$/.test(id)) throw new Refused(400, 'webhook-id is to be of 1 to 200 characters');
  return id;
}

function taskIn(bytes) {
  let sent;
  try {
    sent = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refused(400, 'no JSON');
  }
  const { title, description } = sent ?? {};
  const isText = (value, most) => typeof value === 'string' && value.length <= most;
  if (!isText(title, 200) || title.trim() === '')
    throw new Refused(400, 'title is to be of 1 to 200 characters');
  if (description !== undefined && !isText(description, 20_000))
    throw new Refused(400, 'description is to be of at most 20,000 characters');
  return { title, ...(description !== undefined && { description }) };
}
