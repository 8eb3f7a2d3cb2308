/**
 * The page that a browser opens: Stately's inspector in a frame, to which the page passes every message of our WebSocket.
 * The frame is the only thing that is loaded from elsewhere, and the only one that gets data.
 */
import { randomBytes } from 'node:crypto';

const inspectorOrigin = 'https://stately.ai';
const inspectorUrl = `${inspectorOrigin}/inspect`;

export interface Page {
  readonly html: string;
  /** Content-Security-Policy. */
  readonly policy: string;
}

export function inspectorPage(): Page {
  const nonce = randomBytes(16).toString('base64');
  const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Rollkeeper in the Stately inspector</title>
    <style nonce="${nonce}">
      html, body { height: 100%; margin: 0; font: 13px/1.5 system-ui, sans-serif; color: #e8e8e8; background: #16181d; }
      body { display: grid; grid-template-rows: auto 1fr; }
      header { display: flex; gap: 1.5em; padding: 0.4em 1em; }
      #state::before { content: '●'; margin-right: 0.4em; color: #d9534f; }
      #state.live::before { color: #3fb950; }
      iframe { width: 100%; height: 100%; border: 0; }
    </style>
  </head>
  <body>
    <header>
      <strong>Rollkeeper</strong>
      <span id="state">connecting</span>
      <span id="received"></span>
    </header>
    <iframe title="Stately inspector" src="${inspectorUrl}"></iframe>
    <script nonce="${nonce}">${script}</script>
  </body>
</html>
`;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    `frame-src ${inspectorOrigin}`,
    "connect-src 'self' ws:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
  return { html, policy };
}

const script = `
  const frame = document.querySelector('iframe');
  const state = document.getElementById('state');
  const received = document.getElementById('received');
  const waitingMax = 20000;
  let waiting = [];
  let isReady = false;
  let messages = 0;

  const pass = (message) => frame.contentWindow.postMessage(message, '${inspectorOrigin}');
  const show = (text, live) => { state.textContent = text; state.classList.toggle('live', live); };

  addEventListener('message', ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== '${inspectorOrigin}') return;
    if (data === null || typeof data !== 'object' || data.type !== '@statelyai.connected') return;
    isReady = true;
    waiting.forEach(pass);
    waiting = [];
  });

  function connect() {
    const socket = new WebSocket('ws://' + location.host + '/' + location.search);
    socket.onopen = () => show('attached', true);
    socket.onclose = () => { show('the daemon does not answer; trying again', false); setTimeout(connect, 1000); };
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      messages += 1;
      received.textContent = messages + ' messages' + (isReady ? '' : ', waiting for stately.ai to load');
      if (isReady) pass(message);
      else if (waiting.length < waitingMax) waiting.push(message);
    };
  }
  connect();
`;
