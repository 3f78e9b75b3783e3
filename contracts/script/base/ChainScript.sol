// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// The cheatcodes of forge that the scripts use.
interface Vm {
    function startBroadcast() external;
    function stopBroadcast() external;
    function envAddress(string calldata name) external view returns (address);
    function etch(address account, bytes calldata code) external;
    function readFile(string calldata path) external view returns (string memory);
    function parseJsonBytes(string calldata json, string calldata key) external pure returns (bytes memory);
}

/// Base of the deployment scripts. forge runs a script on its own machine, which lacks the native modules, before it sends anything: there
/// their mirrors stand at their addresses, over the storage that the node gives. What is sent meets the modules themselves.
/// Run with `--skip-simulation`: forge's second run would lack the mirrors, and the node estimates the gas.
abstract contract ChainScript {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    bool public constant IS_SCRIPT = true;

    function setUp() external {
        _stand("KycMirror", 0x0300000000000000000000000000000000000001);
        _stand("EngineMirror", 0x0300000000000000000000000000000000000002);
        _stand("OracleMirror", 0x0300000000000000000000000000000000000003);
    }

    function _stand(string memory mirror, address module) private {
        vm.etch(module, vm.parseJsonBytes(vm.readFile(string.concat("mirror/out/", mirror, ".json")), ".code"));
    }
}
