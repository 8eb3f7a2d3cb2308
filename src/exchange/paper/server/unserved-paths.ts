/**
 * Endpoints that the exchange documents and this server does not have (Bybit docs: v5/intro, one page per endpoint). The
 * answer to one of them is a code which says that it is not offered here; any other path is a mistake and gets 404.
 */

/** Each line has a group and some of its paths. */
const reads = `
account: borrow-history collateral-info contract-transaction-log instruments-info mmp-state pay-info query-dcp-info smp-group
account: trade-info-for-analysis user-setting-config withdrawal
affiliate: aff-user-list affiliate-sub-list
announcements: index
apilimit: query query-all query-cap
asset: asset-overview covert/small-balance-history covert/small-balance-list deposit/query-address
asset: deposit/query-internal-record deposit/query-record deposit/query-sub-member-address
asset: deposit/query-allowed-list deposit/query-sub-member-record transfer/query-asset-info
asset: exchange/convert-result-query exchange/order-record
asset: exchange/query-coin-list exchange/query-convert-history fundinghistory portfolio-margin
asset: settlement-record total-members-assets transfer/query-account-coin-balance
asset: transfer/query-account-coins-balance transfer/query-inter-transfer-list transfer/query-sub-member-list
asset: transfer/query-transfer-coin-list transfer/query-universal-transfer-list withdraw/query-address
asset: withdraw/query-record withdraw/vasp/list withdraw/withdrawable-amount
broker: account-info apilimit/query-all apilimit/query-cap asset/query-sub-member-deposit-record earnings-info
broker: ip/changelog whitelist/ip
ins-loan: coin-delta-amount ensure-tokens ltv ensure-tokens-convert loan-order ltv-convert product-infos repaid-history
market: account-ratio adlAlert fee-group-info full_orderbook funding/history
market: index-price-kline insurance kline mark-price-kline open-interest premium-index-price-kline price-limit
market: recent-trade risk-limit rpi_orderbook
order: spot-borrow-check
position: closed-pnl move-history symbol-info
pre-upgrade: account/transaction-log asset/delivery-record asset/settlement-record execution/list
pre-upgrade: order/history position/closed-pnl
rfq: config public-trades quote-list quote-realtime rfq-detail-list rfq-list rfq-realtime trade-list
spot-margin-trade: coinstate collateral currency-data data fixed-available-inventory fixedborrow-contract-info
spot-margin-trade: fixedborrow-order-info fixedborrow-order-quote flexible-available-inventory
spot-margin-trade: get-auto-repay-mode interest-rate-history liability max-borrowable position-tiers
spot-margin-trade: repayment-available-amount state
spread: execution/list instrument max-qty order/history order/realtime orderbook recent-trade tickers
user: aff-customer-info escrow_sub_members get-member-type invitation/code invitation/referrals query-sub-members sub-apikeys
user: submembers
`;

const writes = `
account: borrow demo-apply-money mmp-modify mmp-reset no-convert-repay quick-repayment repay
account: set-collateral-switch set-collateral-switch-batch set-delta-mode set-hedging-mode set-limit-px-action
account: set-margin-mode upgrade-to-uta
apilimit: set
asset: covert/get-quote covert/small-balance-execute deposit/deposit-to-account exchange/convert-execute
asset: exchange/quote-apply transfer/inter-transfer transfer/universal-transfer travel-rule/deposit/submit
asset: transfer/save-transfer-sub-member withdraw/cancel withdraw/create
broker: apilimit/set award/distribute-award award/distribution-record award/info
ins-loan: association-uid repay-loan
order: disconnected-cancel-all
position: add-margin confirm-pending-mmr move-positions set-auto-add-margin set-leverage switch-mode
position: set-risk-limit set-tpsl-mode switch-isolated
rfq: accept-other-quote cancel-all-quotes cancel-all-rfq cancel-quote cancel-rfq create-quote create-rfq
rfq: execute-quote
spot-margin-trade: fixedborrow fixedborrow-renew set-auto-repay-mode set-leverage switch-mode
spread: order/amend order/cancel order/cancel-all order/create
user: agreement create-demo-member create-sub-api create-sub-member del-submember delete-api delete-sub-api
user: frozen-sub-member update-api update-sub-api
`;

/** Products that are not offered at all, whatever the path below them. */
const otherProducts =
  /^\/v5\/(?:alpha|card|crypto-loan(?:-common|-fixed|-flexible)?|earn|event|fiat|lending|p2p|spot-cross-margin-trade|spot-lever-token|spot-x|strategy)\/./;

const pathsOf = (method: string, text: string): string[] =>
  text
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [group = '', names = ''] = line.split(': ');
      return names.split(' ').map((name) => `${method} /v5/${group}/${name}`);
    });

const unserved = new Set([...pathsOf('GET', reads), ...pathsOf('POST', writes)]);

export const isUnserved = (method: string, path: string): boolean =>
  unserved.has(`${method} ${path}`) || (['GET', 'POST'].includes(method) && otherProducts.test(path));
