// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Terms of a collateral. `feedId` is its net asset value, `fxFeedId` converts that to the pool's asset (0: one to one); `supplyCap` is in
/// token units; an inactive market takes no deposits and backs no new debt.
struct MarketParams {
    uint16 ltvBps;
    uint16 liqThresholdBps;
    uint16 liqBonusBps;
    uint16 closeFactorBps;
    uint256 supplyCap;
    bytes32 feedId;
    bytes32 fxFeedId;
    uint8 minTier;
    bool active;
}

/// @notice Interest per year: 0 at no utilisation, `slope1Bps` at the kink, `slope1Bps + slope2Bps` at full utilisation; `reserveBps` of the
/// interest goes to the reserves.
struct RateParams {
    uint16 kinkBps;
    uint16 slope1Bps;
    uint16 slope2Bps;
    uint16 reserveBps;
}
