using Chain.Compliance.Abi;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Oracle;

/// <summary>
/// The AggregatorV3 contract of a feed: ordinary EVM code at a derived address, which calls the oracle with its calldata and the feed id and hands on what comes back
/// (compliance specification, section 6.7).
/// </summary>
public static class FeedFacade
{
    /// <summary>Answer of <c>version()</c>.</summary>
    public const ulong Version = 6;

    /// <summary>Size of the code in bytes.</summary>
    public const int CodeSizeBytes = 83;

    /// <summary>keccak256("defactor.oracle.facade.v1").</summary>
    public static readonly Hash256 Salt = Eip712.Text("defactor.oracle.facade.v1");

    /// <summary>The address: shaped as by CREATE2 from the oracle, which never creates, so that it can be no other account's.</summary>
    public static Address AddressOf(in UInt256 feedId) =>
        new(Keccak256.Hash([0xff, .. ModuleAddresses.Oracle.Bytes, .. AbiWords.ToHash(feedId).Bytes, .. Salt.Bytes]).Bytes[12..]);

    /// <summary>The code.</summary>
    public static byte[] CodeOf(in UInt256 feedId) =>
    [
        0x36, 0x5f, 0x5f, 0x37, // CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY
        0x7f, .. AbiWords.ToHash(feedId).Bytes, // PUSH32
        0x36, 0x52, // CALLDATASIZE MSTORE
        0x5f, 0x5f, 0x36, 0x60, 0x20, 0x01, 0x5f, // PUSH0 PUSH0 CALLDATASIZE PUSH1 32 ADD PUSH0
        0x73, .. ModuleAddresses.Oracle.Bytes, // PUSH20
        0x5a, 0xfa, // GAS STATICCALL
        0x3d, 0x5f, 0x5f, 0x3e, // RETURNDATASIZE PUSH0 PUSH0 RETURNDATACOPY
        0x60, 0x4f, 0x57, // PUSH1 79 JUMPI
        0x3d, 0x5f, 0xfd, // RETURNDATASIZE PUSH0 REVERT
        0x5b, 0x3d, 0x5f, 0xf3, // JUMPDEST RETURNDATASIZE PUSH0 RETURN
    ];
}
