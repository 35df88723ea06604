export const noIntercom =
  "The conversations have to be read again, and there is no Intercom to read. Outside mock mode there is; in it, set MOCK_READS_INTERCOM=true with the token and admin id of your workspace.";

export const noBacktest =
  "There is no backtest yet whose turns could be looked at again: npm run backtest makes one. Only --threshold can do without, from your team's decisions.";
