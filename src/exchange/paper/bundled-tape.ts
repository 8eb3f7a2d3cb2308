/** The recorded prices that come with the package: every minute of BTC from 1 to 21 March 2023. */
import { fileURLToPath } from 'node:url';
import { packageFile } from '../../files/package-files.ts';

export const bundledTapePath = fileURLToPath(
  packageFile('src/exchange/paper/tapes/btcusdt-1m-2023-03.csv.gz'),
);
