// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IAmmRouter
/// @notice What Buyback uses of the AMM: the shapes of Uniswap V3's factory, router and quoter in one contract.
interface IAmmRouter {
    /// @notice Arguments of `exactInput`; `path` is token, fee, token, … packed.
    struct ExactInputParams {
        bytes path;
        address recipient;
        uint256 deadline;
        uint256 amountIn;
        uint256 amountOutMinimum;
    }

    /// @notice Swaps along a path.
    function exactInput(ExactInputParams calldata params) external returns (uint256 amountOut);
    /// @notice What a swap along a path would give now.
    function quoteExactInput(bytes calldata path, uint256 amountIn)
        external
        returns (uint256 amountOut, uint160[] memory sqrtPriceX96AfterList, uint32[] memory initializedTicksCrossedList, uint256 gasEstimate);
    /// @notice Pair of two tokens in either order; zero if there is none.
    function getPool(address tokenA, address tokenB, uint24 fee) external view returns (address);
}

/// @title IAmmPair
/// @notice What Buyback reads of a pair.
interface IAmmPair {
    /// @notice Reserves of both tokens.
    function reserves() external view returns (uint112 r0, uint112 r1, uint32 updatedAt);
    /// @notice Sums of price times seconds (Q112, wrapping), of each token in the other, at moments in the past.
    function observe(uint32[] calldata secondsAgos)
        external
        view
        returns (uint256[] memory price0Cumulatives, uint256[] memory price1Cumulatives);
    /// @notice The token of the lower address.
    function token0() external view returns (address);
    /// @notice The token of the higher address.
    function token1() external view returns (address);
}
