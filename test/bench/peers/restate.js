/**
 * Transitions a second of XState machines on Restate: each event goes through its HTTP ingress into a virtual object, and
 * is answered when the transition is durable, before the next of that object. Telemetry is off and everything listens on
 * loopback. The SDK needs `Promise.withResolvers`, which Node 20 has not: it is made here. The place of its data is an
 * empty folder.
 */
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { place, requirePeer, snapshot, tellSpeeds } from './closed-loop.js';

Promise.withResolvers ??= () => {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};
// A line for every invocation would be measured, too.
process.env.RESTATE_LOGGING = 'ERROR';
const restate = requirePeer('@restatedev/restate-sdk');
const { xstate } = requirePeer('@restatedev/xstate');
const { createMachine } = requirePeer('xstate');

const machine = createMachine({
  id: 'pausing',
  // As much to keep as one of our tasks.
  context: JSON.parse(snapshot).context,
  initial: 'watching',
  states: { watching: { on: { PAUSE: 'paused' } }, paused: { on: { RESUME: 'watching' } } },
});

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
const agent = new Agent({ keepAlive: true });
const post = (port, path, body) =>
  new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = text === '' ? {} : { 'content-type': 'application/json', 'content-length': text.length };
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, (response) => {
      let answer = '';
      response.on('data', (chunk) => (answer += chunk));
      response.on('end', () =>
        response.statusCode < 300
          ? resolve(answer)
          : reject(new Error(`${path}: ${response.statusCode} ${answer}`)),
      );
    });
    sent.on('error', reject);
    sent.end(text);
  });
const untilAnswered = async (port, path, body) => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await post(port, path, body);
    } catch (error) {
      if (tries >= 100) throw error;
      await sleep(200);
    }
  }
};

const [service, node, ingress, admin] = [
  await freePort(),
  await freePort(),
  await freePort(),
  await freePort(),
];
const endpoint = restate.createEndpointHandler({ services: [xstate('pausing', machine)] });
createHttp2Server(endpoint).listen(service, '127.0.0.1');

const binary = requirePeer.resolve(
  `@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`,
);
const server = spawn(binary, ['--no-logo', '--base-dir', place], {
  stdio: ['ignore', 2, 2],
  env: {
    ...process.env,
    RESTATE_DISABLE_TELEMETRY: 'true',
    // It looks for newer versions of itself: whatever it asks of the outside ends here.
    HTTPS_PROXY: 'http://127.0.0.1:9',
    HTTP_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '127.0.0.1,localhost',
    RESTATE_LISTEN_MODE: 'tcp',
    RESTATE_LOG_FILTER: 'error',
    RESTATE_BIND_IP: '127.0.0.1',
    RESTATE_BIND_PORT: String(node),
    RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
    RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
  },
});
process.on('exit', () => server.kill('SIGKILL'));
server.on('error', (error) => {
  throw error;
});
server.on('exit', (code, signal) => {
  throw new Error(`restate-server ended with ${signal ?? `code ${code}`}`);
});

async function run(objects, spell) {
  const live = async (key) => {
    await untilAnswered(ingress, `/pausing/${key}/create`);
    for (let at = 0; !spell.isOver; at += 1) {
      const type = at % 2 === 0 ? 'PAUSE' : 'RESUME';
      await post(ingress, `/pausing/${key}/send`, { event: { type } });
      spell.transitions += 1;
    }
  };
  await Promise.all(Array.from({ length: objects }, (_, at) => live(`${objects}-${at}`)));
}

await untilAnswered(admin, '/deployments', { uri: `http://127.0.0.1:${service}` });
await tellSpeeds(run);
process.exit(0);
