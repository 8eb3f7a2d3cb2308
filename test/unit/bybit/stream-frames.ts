/** Requests of a client to a stream of Bybit, and the answers, as frames. */
import type { WebSocket } from 'ws';

export interface Request {
  readonly op: string;
  readonly req_id?: string;
  readonly args?: readonly string[];
}

export const send = (socket: WebSocket, frame: object): void => socket.send(JSON.stringify(frame));
export const accept = ({ op, req_id = '' }: Request, socket: WebSocket): void =>
  send(socket, { success: true, ret_msg: '', op, conn_id: 'c', req_id });
/** Topics of options are granted by name. */
export const grant = ({ args = [] }: Request, socket: WebSocket): void =>
  send(socket, {
    success: true,
    conn_id: 'c',
    type: 'COMMAND_RESP',
    data: { failTopics: [], successTopics: args },
  });
export const ticker = (symbol: string, ts: number, data: object) => ({
  topic: `tickers.${symbol}`,
  type: 'snapshot',
  data: { symbol, ...data },
  ts,
});
export const delta = (symbol: string, ts: number, data: object) => ({
  ...ticker(symbol, ts, data),
  type: 'delta',
});
