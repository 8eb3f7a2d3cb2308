/** Signed reads about a key and its account (docs/exchange.md#keys): rights, margin mode, fee rates. */
import { z } from 'zod';
import { dayMs } from '../../../domain/units.ts';
import { success } from './answers.ts';
import { category, privateGet, text, type Route } from './routes.ts';

const accountInfo = privateGet(
  { path: '/v5/account/info', perSecond: 50 },
  z.object({}),
  (_, { player }, { key }) =>
    success({
      marginMode: key.marginMode,
      updatedTime: String(player.nowMs()),
      unifiedMarginStatus: key.isUnified ? 6 : 1,
      dcpStatus: 'OFF',
      timeWindow: 10,
      smpGroup: 0,
      isMasterTrader: false,
      spotHedgingStatus: 'OFF',
    }),
);

const feeRate = privateGet(
  { path: '/v5/account/fee-rate', perSecond: 5 },
  z.object({ category, symbol: text, baseCoin: text }),
  (input, { market, engine }, account) => {
    const coins = input.baseCoin === undefined ? market.baseCoins() : [input.baseCoin];
    const list = coins.map((baseCoin) => {
      const { maker, taker } = account.feeRates(baseCoin, engine.context.settings);
      return { baseCoin, symbol: '', takerFeeRate: taker, makerFeeRate: maker };
    });
    return success({ category: input.category, list });
  },
);

/** What a key without an end is answered with. */
const noEnd = { deadlineDay: -2, expiredAt: '1970-01-01T00:00:00Z' };

const endOf = (expiresAtMs: number | null, nowMs: number) =>
  expiresAtMs === null
    ? noEnd
    : {
        deadlineDay: Math.max(0, Math.floor((expiresAtMs - nowMs) / dayMs)),
        expiredAt: new Date(expiresAtMs).toISOString().replace(/\.\d+Z$/, 'Z'),
      };

const queryKey = privateGet(
  { path: '/v5/user/query-api', perSecond: 10 },
  z.object({}),
  (_, { player }, { apiKey, userId, key }) =>
    success({
      id: '1',
      note: 'paper',
      apiKey,
      readOnly: key.isReadOnly ? 1 : 0,
      secret: '',
      permissions: key.permissions,
      ips: key.ips,
      type: 1,
      ...endOf(key.expiresAtMs, player.nowMs()),
      createdAt: new Date(player.nowMs()).toISOString(),
      unified: 0,
      uta: key.isUnified ? 1 : 0,
      userID: userId,
      inviterID: 0,
      vipLevel: 'No VIP',
      mktMakerLevel: '0',
      affiliateID: 0,
      rsaPublicKey: '',
      isMaster: true,
      parentUid: '0',
      kycLevel: 'LEVEL_DEFAULT',
      kycRegion: '',
    }),
);

export const keyRoutes: readonly Route[] = [accountInfo, feeRate, queryKey];
