export const priceFeedsAbi = [
  {"inputs":[],"name":"CollateralTokenPriceIsZero","type":"error"},
  {"inputs":[],"name":"OracleDataTooOld","type":"error"},
  {"inputs":[],"name":"OracleSequencerDown","type":"error"},
  {"inputs":[{"internalType":"uint8","name":"bits","type":"uint8"},{"internalType":"uint256","name":"value","type":"uint256"}],"name":"SafeCastOverflowedUintDowncast","type":"error"},
  {"inputs":[],"name":"UsdcPriceIsZero","type":"error"},
  {"inputs":[{"internalType":"address","name":"token","type":"address"},{"components":[{"internalType":"address","name":"price","type":"address"},{"internalType":"address","name":"sequencer","type":"address"}],"internalType":"struct PriceFeeds.Feed","name":"collateral","type":"tuple"},{"components":[{"internalType":"address","name":"price","type":"address"},{"internalType":"address","name":"sequencer","type":"address"}],"internalType":"struct PriceFeeds.Feed","name":"usdc","type":"tuple"}],"name":"rate","outputs":[{"components":[{"internalType":"uint256","name":"numerator","type":"uint256"},{"internalType":"uint256","name":"denominator","type":"uint256"}],"internalType":"struct PriceFeeds.Rate","name":"","type":"tuple"}],"stateMutability":"view","type":"function"}
];
