/**
 * Transitions a second of XState machines on Restate: each event goes through its HTTP ingress into a virtual object, and
 * is answered when the transition is durable, before the next of that object. Telemetry is off and everything listens on
 * loopback. The SDK needs `Promise.withResolvers`, which Node 20 has not: it is made here.
 * Arguments: folder, data folder, snapshot, seconds, numbers of objects. Prints JSON.
 */
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { join } from 'node:path';

Promise.withResolvers ??= () => {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};
const [folder, dataFolder, snapshot, seconds, ...sizes] = process.argv.slice(2);
// A line for every invocation would be measured, too.
process.env.RESTATE_LOGGING = 'ERROR';
const require = createRequire(join(folder, 'package.json'));
const restate = require('@restatedev/restate-sdk');
const { xstate } = require('@restatedev/xstate');
const { createMachine } = require('xstate');
const binary = require.resolve(
  `@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`,
);

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
      await new Promise((resolve) => setTimeout(resolve, 200));
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
require('node:http2').createServer(endpoint).listen(service, '127.0.0.1');
const server = spawn(binary, ['--no-logo', '--base-dir', dataFolder], {
  stdio: 'ignore',
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
await untilAnswered(admin, '/deployments', { uri: `http://127.0.0.1:${service}` });

let isOver = false;
let transitions = 0;
const run = async (key) => {
  await untilAnswered(ingress, `/pausing/${key}/create`);
  for (let at = 0; !isOver; at += 1) {
    const type = at % 2 === 0 ? 'PAUSE' : 'RESUME';
    await post(ingress, `/pausing/${key}/send`, { event: { type } });
    transitions += 1;
  }
};
const perSecond = {};
for (const size of sizes) {
  isOver = false;
  const running = Array.from({ length: Number(size) }, (_, at) => run(`${size}-${at}`));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const [before, startedMs] = [transitions, performance.now()];
  await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1_000));
  perSecond[size] = ((transitions - before) * 1_000) / (performance.now() - startedMs);
  isOver = true;
  await Promise.all(running);
}
console.log(JSON.stringify(perSecond));
process.exit(0);
