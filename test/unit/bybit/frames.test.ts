import { describe, expect, it } from 'vitest';
import { readFrame } from '../../../src/exchange/bybit/stream/frames.ts';

describe('a websocket frame', () => {
  it.each([
    ['linear', '{"success":true,"ret_msg":"pong","conn_id":"c","req_id":"","op":"ping"}', null],
    ['option', '{"args":["1700000000123"],"op":"pong"}', 1_700_000_000_123],
    ['private', '{"req_id":"x","op":"pong","args":["1700000000123"],"conn_id":"c"}', 1_700_000_000_123],
    ['trade', '{"retCode":0,"retMsg":"OK","op":"pong","data":["1700000000123"],"connId":"t"}', null],
  ])('is a pong in the form of the %s stream', (_stream, text, sentAtMs) => {
    expect(readFrame(text)).toEqual({ kind: 'pong', sentAtMs });
  });

  it('is a log-in in the form of either endpoint', () => {
    expect(readFrame('{"success":true,"ret_msg":"","op":"auth","conn_id":"p-1"}')).toMatchObject({
      kind: 'login',
      accepted: true,
    });
    expect(readFrame('{"retCode":0,"retMsg":"OK","op":"auth","connId":"t-1"}')).toMatchObject({
      kind: 'login',
      accepted: true,
    });
    expect(readFrame('{"success":false,"ret_msg":"Params Error","op":"auth"}')).toEqual({
      kind: 'login',
      accepted: false,
      reason: 'Params Error',
    });
    expect(readFrame('{"retCode":10004,"retMsg":"error sign","op":"auth"}')).toEqual({
      kind: 'login',
      accepted: false,
      reason: 'error sign',
    });
  });

  it('is a log-in that was made already, which order entry refuses and which changes nothing', () => {
    expect(readFrame('{"retCode":20001,"retMsg":"Repeated auth","op":"auth","connId":"t-1"}')).toMatchObject({
      kind: 'login',
      accepted: true,
    });
  });

  it('answers an order by its request id, with the time of its header', () => {
    const text =
      '{"reqId":"c-1","retCode":110007,"retMsg":"no","op":"order.create","data":{},"retExtInfo":{},"header":{"Timenow":"1700000000102"},"connId":"t"}';
    expect(readFrame(text)).toEqual({
      kind: 'answer',
      requestId: 'c-1',
      op: 'order.create',
      json: JSON.parse(text) as unknown,
      text,
      sentAtMs: 1_700_000_000_102,
    });
  });

  it.each([
    ['{"success":false,"ret_msg":"Params Error","op":"order.create","conn_id":"t"}', ''],
    ['{"op":"order.amend","reqId":"c-2","header":[{}]}', 'c-2'],
    ['{"op":"order.amend","reqId":"c-2","header":{"Timenow":"soon"}}', 'c-2'],
  ])('about an order like %s is of the request %j', (text, requestId) => {
    expect(readFrame(text)).toMatchObject({ kind: 'answer', requestId, sentAtMs: null });
  });

  it('about an order whose request id is no text is malformed', () => {
    expect(readFrame('{"op":"order.cancel","reqId":7}')).toMatchObject({ kind: 'malformed', topic: '' });
  });

  it('answers a subscription by its request id', () => {
    expect(
      readFrame(
        '{"success":false,"ret_msg":"handler not found","op":"subscribe","conn_id":"c","req_id":"s1"}',
      ),
    ).toEqual({ kind: 'subscription', requestId: 's1', accepted: false, reason: 'handler not found' });
  });

  it('answers topic by topic on the option stream', () => {
    expect(
      readFrame(
        '{"success":true,"conn_id":"c","data":{"failTopics":["tickers.X"],"successTopics":["tickers.Y"]},"type":"COMMAND_RESP"}',
      ),
    ).toMatchObject({ kind: 'topics', granted: ['tickers.Y'], refused: ['tickers.X'] });
  });

  it('answers an unsubscription, which is ignored', () => {
    expect(readFrame('{"success":true,"ret_msg":"","op":"unsubscribe","conn_id":"c"}')).toEqual({
      kind: 'unsubscription',
    });
  });

  it.each([
    '{"op":"pong","args":[{"toString":1,"valueOf":1}]}',
    `{"op":"pong","args":[${'['.repeat(50_000)}${']'.repeat(50_000)}]}`,
    '{"op":"pong","args":[null]}',
  ])('like a pong with a time that is none has no time', (text) => {
    expect(readFrame(text)).toEqual({ kind: 'pong', sentAtMs: null });
  });

  it('is refused with a reason that is one short line, whatever the exchange said', () => {
    const said = JSON.stringify(`\u001b]0;mine\u0007${'x'.repeat(5_000)}`);
    const frame = readFrame(`{"success":false,"ret_msg":${said},"op":"subscribe","req_id":"s1"}`);
    expect((frame as { reason: string }).reason).toMatch(/^x{299}…$/);
  });

  it('is data with the time it was sent, whichever field carries it', () => {
    expect(readFrame('{"topic":"tickers.BTCUSDT","type":"delta","ts":5,"data":{}}')).toMatchObject({
      kind: 'data',
      sentAtMs: 5,
    });
    expect(readFrame('{"id":"1","topic":"order.option","creationTime":6,"data":[]}')).toMatchObject({
      kind: 'data',
      sentAtMs: 6,
    });
  });

  it.each([
    ['{"topic":', ''],
    ['[]', ''],
    ['null', ''],
    ['{"op":"rumour"}', ''],
    ['{"topic":7}', ''],
    ['{"topic":"tickers.BTCUSDT","ts":"soon","data":{}}', 'tickers.BTCUSDT'],
    ['{"type":"COMMAND_RESP","data":{"failTopics":"all"}}', ''],
  ])('like %s is malformed, never fatal', (text, topic) => {
    expect(readFrame(text)).toMatchObject({ kind: 'malformed', topic });
  });
});
