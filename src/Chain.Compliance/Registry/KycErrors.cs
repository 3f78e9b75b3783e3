using System.Buffers.Binary;
using Chain.Compliance.Abi;
using Chain.Compliance.Oracle;
using Chain.Core.Numeric;

namespace Chain.Compliance.Registry;

/// <summary>Custom errors of the modules and of the chain's rules (compliance specification, section 2.2).</summary>
public static class KycErrors
{
    /// <summary>A batch has too many entries.</summary>
    public static readonly AbiError BatchTooLarge = new("BatchTooLarge(uint256,uint256)");

    /// <summary>The caller may not make this change of role.</summary>
    public static readonly AbiError CannotModifyAllowList = new("CannotModifyAllowList(address,uint256,uint256)");

    /// <summary>The wallet's consent is missing or wrong.</summary>
    public static readonly AbiError ConsentInvalid = new("ConsentInvalid(address)");

    /// <summary>Modules run in their own context only.</summary>
    public static readonly AbiError DelegateCallForbidden = new("DelegateCallForbidden()");

    /// <summary>The proposer of a recovery may not confirm it.</summary>
    public static readonly AbiError FourEyes = new("FourEyes(address)");

    /// <summary>The identity id is taken.</summary>
    public static readonly AbiError IdentityExists = new("IdentityExists(bytes32)");

    /// <summary>There is no such identity.</summary>
    public static readonly AbiError IdentityUnknown = new("IdentityUnknown(bytes32)");

    /// <summary>A field is outside its domain; the field is its index in IdentityInput.</summary>
    public static readonly AbiError InvalidField = new("InvalidField(uint8)");

    /// <summary>There is no such move of status.</summary>
    public static readonly AbiError InvalidStatus = new("InvalidStatus(uint8,uint8)");

    /// <summary>Rule F: the callee is stopped.</summary>
    public static readonly AbiError KycBlocked = new("KycBlocked(address,uint8)");

    /// <summary>Rule D: neither may deploy.</summary>
    public static readonly AbiError KycDeployDenied = new("KycDeployDenied(address,address,uint8)");

    /// <summary>Rule V: one of them may not hold native value.</summary>
    public static readonly AbiError KycTransferDenied = new("KycTransferDenied(address,address,uint8)");

    /// <summary>The registry keeps one Admin.</summary>
    public static readonly AbiError LastAdmin = new("LastAdmin()");

    /// <summary>Arrays that belong together differ in length.</summary>
    public static readonly AbiError LengthMismatch = new("LengthMismatch()");

    /// <summary>The mode may only be raised, to 3 at most.</summary>
    public static readonly AbiError ModeCannotBeLowered = new("ModeCannotBeLowered(uint8,uint8)");

    /// <summary>Modules take no value.</summary>
    public static readonly AbiError NonPayable = new("NonPayable()");

    /// <summary>There is no such proposal, or it is too old.</summary>
    public static readonly AbiError RecoveryUnknown = new("RecoveryUnknown(address)");

    /// <summary>The identity has all the wallets it may have.</summary>
    public static readonly AbiError TooManyWallets = new("TooManyWallets(bytes32)");

    /// <summary>The caller lacks authority: 1 agent, 2 admin, 3 manager, 4 officer.</summary>
    public static readonly AbiError Unauthorized = new("Unauthorized(address,uint8)");

    /// <summary>The wallet belongs, or belonged, to an identity.</summary>
    public static readonly AbiError WalletAlreadyLinked = new("WalletAlreadyLinked(address,bytes32)");

    /// <summary>The address is no wallet of the registry, or may be none.</summary>
    public static readonly AbiError WalletUnknown = new("WalletUnknown(address)");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AbiError> All { get; } =
    [
        BatchTooLarge,
        CannotModifyAllowList,
        ConsentInvalid,
        DelegateCallForbidden,
        FourEyes,
        IdentityExists,
        IdentityUnknown,
        InvalidField,
        InvalidStatus,
        KycBlocked,
        KycDeployDenied,
        KycTransferDenied,
        LastAdmin,
        LengthMismatch,
        ModeCannotBeLowered,
        NonPayable,
        RecoveryUnknown,
        TooManyWallets,
        Unauthorized,
        WalletAlreadyLinked,
        WalletUnknown,
    ];

    /// <summary>Revert data as text: the error's name and its arguments as numbers.</summary>
    public static string Describe(ReadOnlySpan<byte> data)
    {
        if (data.Length < AbiWords.SelectorSizeBytes) return "no reason";
        uint selector = BinaryPrimitives.ReadUInt32BigEndian(data);
        string name = All.Concat(OracleErrors.All).FirstOrDefault(e => e.Selector == selector)?.Signature.Split('(')[0] ?? $"error 0x{selector:x8}";
        List<string> arguments = [];
        for (int i = AbiWords.SelectorSizeBytes; i + UInt256.SizeBytes <= data.Length; i += UInt256.SizeBytes)
        {
            UInt256 word = UInt256.FromBigEndian(data.Slice(i, UInt256.SizeBytes));
            arguments.Add(word.FitsUInt64 ? word.ToString() : word.ToHexString());
        }
        return $"{name}({string.Join(", ", arguments)})";
    }
}
