// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IAmmRouter} from "../../src/defactor/IAmm.sol";

/// A token that anyone mints and whose deliveries to one account can be made to fail.
contract Coin is ERC20 {
    address public refused;

    constructor() ERC20("Coin", "COIN") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function refuse(address account) external {
        refused = account;
    }

    function _update(address from, address to, uint256 value) internal override {
        require(to != refused || to == address(0));
        super._update(from, to, value);
    }
}

/// A token that keeps one per cent of each transfer.
contract FeeCoin is ERC20 {
    constructor() ERC20("Fee", "FEE") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 value) internal override {
        if (from != address(0) && to != address(0)) {
            super._update(from, address(0), value / 100);
            value -= value / 100;
        }
        super._update(from, to, value);
    }
}

contract Deed is ERC721("Deed", "DEED") {
    function mint(address to, uint256 id) external {
        _mint(to, id);
    }
}

contract Bars is ERC1155("") {
    function mint(address to, uint256 id, uint256 amount) external {
        _mint(to, id, amount, "");
    }
}

/// A deed that can be made to stay where it is.
contract StubbornDeed is Deed {
    bool public isStuck;

    function setStuck(bool stuck) external {
        isStuck = stuck;
    }

    function _update(address to, uint256 id, address auth) internal override returns (address) {
        require(!isStuck);
        return super._update(to, id, auth);
    }
}

/// Bars that can be made to stay where they are.
contract StubbornBars is Bars {
    bool public isStuck;

    function setStuck(bool stuck) external {
        isStuck = stuck;
    }

    function _update(address from, address to, uint256[] memory ids, uint256[] memory values) internal override {
        require(!isStuck);
        super._update(from, to, ids, values);
    }
}

/// A price feed whose answer and age a test sets.
contract Feed {
    int256 public answer;
    uint256 public updatedAt;
    uint8 public immutable decimals;

    constructor(uint8 decimals_, int256 answer_) {
        (decimals, answer, updatedAt) = (decimals_, answer_, block.timestamp);
    }

    function set(int256 answer_) external {
        (answer, updatedAt) = (answer_, block.timestamp);
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (1, answer, updatedAt, updatedAt, 1);
    }
}

/// A pair with a price that a test sets; the time-weighted price is set apart from the spot.
contract MockPair {
    address public immutable token0;
    address public immutable token1;
    uint112 public reserve0;
    uint112 public reserve1;
    uint256 public twap0; // Q112: token1 per token0
    uint32 public age = 1 days;

    constructor(address a, address b) {
        (token0, token1) = a < b ? (a, b) : (b, a);
    }

    function set(uint112 r0, uint112 r1) external {
        (reserve0, reserve1, twap0) = (r0, r1, (uint256(r1) << 112) / r0);
    }

    function setSpot(uint112 r0, uint112 r1) external {
        (reserve0, reserve1) = (r0, r1);
    }

    function setAge(uint32 age_) external {
        age = age_;
    }

    function reserves() external view returns (uint112, uint112, uint32) {
        return (reserve0, reserve1, uint32(block.timestamp));
    }

    /// Sums that wrap in the middle of the window.
    function observe(uint32[] calldata ago) external view returns (uint256[] memory sums0, uint256[] memory sums1) {
        (sums0, sums1) = (new uint256[](ago.length), new uint256[](ago.length));
        uint256 twap1 = (uint256(1) << 224) / twap0;
        for (uint256 i; i < ago.length; ++i) {
            require(ago[i] <= age);
            unchecked {
                sums0[i] = (1800 - uint256(ago[i])) * twap0 - 900 * twap0;
                sums1[i] = (1800 - uint256(ago[i])) * twap1 - 900 * twap1;
            }
        }
    }
}

/// Router, factory and quoter over two mock pairs: swaps at the spot price less `slippageBps`.
contract MockAmm {
    mapping(bytes32 => address) private pairs;
    uint256 public slippageBps;

    function add(address a, address b, uint24 fee, address pair) external {
        pairs[key(a, b, fee)] = pair;
    }

    function setSlippage(uint256 bps) external {
        slippageBps = bps;
    }

    function getPool(address a, address b, uint24 fee) external view returns (address) {
        return pairs[key(a, b, fee)];
    }

    function quoteExactInput(bytes calldata path, uint256 amountIn)
        external
        view
        returns (uint256 amountOut, uint160[] memory prices, uint32[] memory ticks, uint256 gasEstimate)
    {
        amountOut = quote(path, amountIn);
        (prices, ticks, gasEstimate) = (new uint160[](2), new uint32[](2), 0);
    }

    function exactInput(IAmmRouter.ExactInputParams calldata p) external returns (uint256 amountOut) {
        amountOut = quote(p.path, p.amountIn);
        require(amountOut >= p.amountOutMinimum && block.timestamp <= p.deadline);
        ERC20(address(bytes20(p.path[:20]))).transferFrom(msg.sender, address(this), p.amountIn);
        ERC20(address(bytes20(p.path[p.path.length - 20:]))).transfer(p.recipient, amountOut);
    }

    function quote(bytes calldata path, uint256 amount) private view returns (uint256) {
        for (uint256 i; i + 43 <= path.length; i += 23) {
            address from = address(bytes20(path[i:i + 20]));
            MockPair pair = MockPair(pairs[key(from, address(bytes20(path[i + 23:i + 43])), uint24(bytes3(path[i + 20:i + 23])))]);
            (uint256 r0, uint256 r1) = (pair.reserve0(), pair.reserve1());
            amount = from == pair.token0() ? (amount * r1) / r0 : (amount * r0) / r1;
        }
        return (amount * (10_000 - slippageBps)) / 10_000;
    }

    function key(address a, address b, uint24 fee) private pure returns (bytes32) {
        return a < b ? keccak256(abi.encode(a, b, fee)) : keccak256(abi.encode(b, a, fee));
    }
}
