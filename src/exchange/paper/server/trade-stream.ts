/**
 * /v5/trade: order commands over WebSocket (Bybit docs: v5/websocket/trade/guideline). Acknowledges only; results come
 * on the private stream. Budgets, faults and the commands themselves are those of the REST endpoints of the same name.
 */
import type { Account } from '../engine/account.ts';
import { orderRefusal } from '../engine/key-settings.ts';
import { Refusal } from '../engine/refusal.ts';
import { failure, overRateLimit, refused, success, type Reply } from './answers.ts';
import { authenticateSocket, checkTime } from './auth.ts';
import type { FaultSite } from '../faults.ts';
import type { Connection } from './connection.ts';
import type { ServerContext } from './context.ts';
import type { RequestFrame, Stream } from './frames.ts';
import { faultSite, orderCommands, rejectFault, type CommandSpec } from './order-commands.ts';
import type { RateState } from './rate-limits.ts';

interface Session {
  readonly account: Account;
  readonly requestIds: Set<string>;
}

interface CommandFrame {
  readonly session: Session;
  readonly frame: RequestFrame;
  readonly command: CommandSpec;
  readonly body: object;
}

interface CommandAnswer {
  readonly reply: Reply;
  /** Null when the budget was not asked. */
  readonly rate: RateState | null;
}

const rememberedIdsMax = 10_000;
const commands = new Map(
  orderCommands.filter(({ onSocket }) => onSocket).map((command) => [`order.${command.name}`, command]),
);

export class TradeStream implements Stream {
  readonly #context: ServerContext;
  readonly #sessions = new Map<Connection, Session>();

  constructor(context: ServerContext) {
    this.#context = context;
  }

  opened(): void {
    // A connection has no session before it authenticates.
  }

  closed(connection: Connection): void {
    this.#sessions.delete(connection);
  }

  received(connection: Connection, frame: RequestFrame | null): void | Promise<void> {
    const command = commands.get(frame?.op ?? '');
    if (!frame) connection.send(paramsError(connection, null));
    else if (frame.op === 'ping')
      connection.send({
        ...echo(frame),
        retCode: 0,
        retMsg: 'OK',
        op: 'pong',
        data: [String(this.#context.player.nowMs())],
        connId: connection.id,
      });
    else if (frame.op === 'auth') this.#authenticate(connection, frame);
    else if (command) return this.#run(connection, frame, command);
    else connection.send(answerFrame(connection, frame, unknownOp));
  }

  #authenticate(connection: Connection, frame: RequestFrame): void {
    const { engine, player } = this.#context;
    player.touch('request');
    if (this.#sessions.has(connection)) {
      connection.send(answerFrame(connection, frame, failure(20001, 'Repeated auth')));
      return;
    }
    const account = authenticateSocket(frame.args ?? [], engine.context.accounts, player.clock);
    if (account instanceof Refusal) {
      const reply = account.code === 10001 ? refused(account) : failure(10004, 'Invalid sign');
      connection.send(answerFrame(connection, frame, reply));
      return;
    }
    this.#sessions.set(connection, { account, requestIds: new Set() });
    connection.send(answerFrame(connection, frame, success({})));
  }

  async #run(connection: Connection, frame: RequestFrame, command: CommandSpec): Promise<void> {
    const { faults, player, wall, ackDelayMs } = this.#context;
    player.touch('order');
    const session = this.#sessions.get(connection);
    if (!session) {
      const reply = failure(10005, 'Permission denied, please authenticate first');
      connection.send(answerFrame(connection, frame, reply));
      return;
    }
    const [body] = frame.args ?? [];
    if (frame.args?.length !== 1 || typeof body !== 'object' || body === null) {
      connection.send(paramsError(connection, frame));
      return;
    }
    const endpoint = `/v5/order/${command.name}`;
    const site = siteOf(body, endpoint, session.account);
    if (this.#isWithheld(connection, faults.strike('loseRequest', site))) return;
    if (faults.strike('httpError', site)) {
      connection.drop();
      return;
    }
    const answer = this.#answer({ session, frame, command, body });
    const delayMs = (faults.strike('delayAnswer', site)?.ms ?? 0) + ackDelayMs;
    if (delayMs > 0) await wall.sleep(delayMs);
    if (this.#isWithheld(connection, faults.strike('loseAnswer', site))) return;
    const text = JSON.stringify({
      ...acknowledgement(frame, answer, player.nowMs()),
      connId: connection.id,
    });
    connection.sendText(faults.strike('malformedAnswer', site) ? text.slice(0, text.length / 2) : text);
  }

  /** True when a fault takes a request or its answer; `reset` ends the connection as well. */
  #isWithheld(connection: Connection, fault: { how?: 'silence' | 'reset' } | undefined): boolean {
    if (fault?.how === 'reset') connection.drop();
    return fault !== undefined;
  }

  #answer({ session, frame, command, body }: CommandFrame): CommandAnswer {
    const { account, requestIds } = session;
    const refuse = (code: number, text: string) => ({ reply: failure(code, text), rate: null });
    if (frame.reqId !== undefined) {
      if (requestIds.has(frame.reqId)) return refuse(20006, 'Duplicate reqId');
      if (requestIds.size >= rememberedIdsMax) requestIds.clear();
      requestIds.add(frame.reqId);
    }
    const header = frame.header ?? {};
    const timestamp = String(header['X-BAPI-TIMESTAMP'] ?? '');
    const recvWindow = String(header['X-BAPI-RECV-WINDOW'] ?? '5000');
    const late = checkTime(timestamp, recvWindow, this.#context.player.clock);
    if (late) return refuse(late.code, late.text);
    const endpoint = `/v5/order/${command.name}`;
    const rate = this.#context.limits.use(account.apiKey, endpoint, command.perSecond);
    if (rate.retryAfterMs > 0) return { reply: overRateLimit, rate };
    const forbidden = orderRefusal(account.key, endpoint);
    if (forbidden) return { reply: failure(forbidden.code, forbidden.text), rate };
    const rejected = rejectFault(this.#context.faults, siteOf(body, endpoint, account));
    return { reply: rejected ?? command.run(body, this.#context, account), rate };
  }
}

const siteOf = (body: object, endpoint: string, { apiKey }: Account): FaultSite => ({
  ...faultSite(body, endpoint, apiKey),
  way: 'websocket',
});

const echo = (frame: RequestFrame) => (frame.reqId === undefined ? {} : { reqId: frame.reqId });

const unknownOp = failure(10404, 'op is not correct, or category is not support');

const answerFrame = (connection: Connection, frame: RequestFrame, reply: Reply) => ({
  ...echo(frame),
  retCode: reply.retCode,
  retMsg: reply.retMsg,
  op: frame.op,
  connId: connection.id,
});

/** Some failures come in this form and without `reqId` (docs/exchange.md#order-entry). */
const paramsError = (connection: Connection, frame: RequestFrame | null) => ({
  success: false,
  ret_msg: 'Params Error',
  op: frame?.op ?? '',
  conn_id: connection.id,
});

const acknowledgement = (frame: RequestFrame, { reply, rate }: CommandAnswer, nowMs: number) => ({
  ...echo(frame),
  retCode: reply.retCode,
  retMsg: reply.retMsg,
  op: frame.op,
  data: reply.result,
  retExtInfo: reply.retExtInfo,
  header: {
    ...(rate && {
      'X-Bapi-Limit': String(rate.limit),
      'X-Bapi-Limit-Status': String(rate.remaining),
      'X-Bapi-Limit-Reset-Timestamp': String(nowMs + rate.retryAfterMs),
    }),
    Traceid: '0',
    Timenow: String(nowMs),
  },
});
