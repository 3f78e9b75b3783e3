using Chain.Compliance.Abi;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Registry;

/// <summary>Status of an identity or a wallet.</summary>
public enum RecordStatus : byte
{
    /// <summary>No record.</summary>
    None,

    /// <summary>Active.</summary>
    Active,

    /// <summary>Frozen by an officer.</summary>
    Frozen,

    /// <summary>Revoked; final for identities.</summary>
    Revoked,
}

/// <summary>What an agent says of an identity (<c>IKycRegistry.IdentityInput</c>). Domains: section 2.3.</summary>
public readonly record struct IdentityInput(
    Hash256 IdentityId, byte Kind, byte Tier, byte InvestorType, ushort Country, ushort TaxCountry,
    uint Attributes, ulong Expiry, uint ProviderId, Address OnchainId, Hash256 ClaimsHash);

/// <summary>Word 0 of an identity. Times in seconds since the Unix epoch.</summary>
public record struct IdentityWord(
    RecordStatus Status, byte Kind, byte Tier, byte InvestorType, ushort Country, ushort TaxCountry,
    uint Attributes, ulong Expiry, ulong UpdatedAt, uint WalletCount)
{
    /// <summary>Reads the word.</summary>
    public static IdentityWord Unpack(in UInt256 word) => new(
        (RecordStatus)Packed.Field(word, 0, 8), (byte)Packed.Field(word, 8, 8), (byte)Packed.Field(word, 16, 8), (byte)Packed.Field(word, 24, 8),
        (ushort)Packed.Field(word, 32, 16), (ushort)Packed.Field(word, 48, 16), (uint)Packed.Field(word, 64, 32),
        Packed.Field(word, 96, 64), Packed.Field(word, 160, 64), (uint)Packed.Field(word, 224, 32));

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() =>
        Packed.At((ulong)Status, 0) | Packed.At(Kind, 8) | Packed.At(Tier, 16) | Packed.At(InvestorType, 24)
        | Packed.At(Country, 32) | Packed.At(TaxCountry, 48) | Packed.At(Attributes, 64)
        | Packed.At(Expiry, 96) | Packed.At(UpdatedAt, 160) | Packed.At(WalletCount, 224);
}

/// <summary>Word 2 of an identity.</summary>
/// <param name="OnchainId">On-chain identity address; zero for the default one.</param>
/// <param name="ProviderId">Provider of the check.</param>
/// <param name="CreatedAt">Seconds since the Unix epoch.</param>
public record struct ProviderWord(Address OnchainId, uint ProviderId, ulong CreatedAt)
{
    /// <summary>Reads the word.</summary>
    public static ProviderWord Unpack(in UInt256 word) => new(AbiWords.ToAddress(word), (uint)Packed.Field(word, 160, 32), Packed.Field(word, 192, 64));

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() => AbiWords.ToWord(OnchainId) | Packed.At(ProviderId, 160) | Packed.At(CreatedAt, 192);
}

/// <summary>Word 1 of a wallet. Times in seconds since the Unix epoch.</summary>
public record struct WalletWord(RecordStatus Status, byte Kind, ushort Flags, ulong LinkedAt, uint Index, ulong StatusSince)
{
    /// <summary>Flag bit 0.</summary>
    public const ushort SanctionedFlag = 1;

    /// <summary>True when the address is on the sanctions list.</summary>
    public readonly bool IsSanctioned => (Flags & SanctionedFlag) != 0;

    /// <summary>Reads the word.</summary>
    public static WalletWord Unpack(in UInt256 word) => new(
        (RecordStatus)Packed.Field(word, 0, 8), (byte)Packed.Field(word, 8, 8), (ushort)Packed.Field(word, 16, 16),
        Packed.Field(word, 32, 64), (uint)Packed.Field(word, 96, 32), Packed.Field(word, 128, 64));

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() =>
        Packed.At((ulong)Status, 0) | Packed.At(Kind, 8) | Packed.At(Flags, 16) | Packed.At(LinkedAt, 32) | Packed.At(Index, 96) | Packed.At(StatusSince, 128);
}

/// <summary>The registry's configuration word.</summary>
/// <param name="Mode">Enforcement mode, 0 to 3.</param>
/// <param name="MinTier">Least tier.</param>
/// <param name="ConsentRequired">Wallets consent to being linked.</param>
/// <param name="ContractPolicy">0 any code may hold native value, 1 registered code only.</param>
/// <param name="AdminCount">Number of Admins.</param>
/// <param name="FeeSink">Receives protocol credits that their payee may not; zero burns them.</param>
public record struct KycConfigWord(byte Mode, byte MinTier, bool ConsentRequired, byte ContractPolicy, uint AdminCount, Address FeeSink)
{
    /// <summary>Reads the word.</summary>
    public static KycConfigWord Unpack(in UInt256 word) => new(
        (byte)Packed.Field(word, 0, 8), (byte)Packed.Field(word, 8, 8), Packed.Field(word, 16, 8) != 0, (byte)Packed.Field(word, 24, 8),
        (uint)Packed.Field(word, 32, 32), AbiWords.ToAddress(word >> 64));

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() =>
        Packed.At(Mode, 0) | Packed.At(MinTier, 8) | Packed.At(ConsentRequired ? 1UL : 0, 16) | Packed.At(ContractPolicy, 24)
        | Packed.At(AdminCount, 32) | (AbiWords.ToWord(FeeSink) << 64);
}

/// <summary>The record of a sanctioned address.</summary>
public record struct SanctionWord(uint ListId, uint Index, ulong Since)
{
    /// <summary>Reads the word.</summary>
    public static SanctionWord Unpack(in UInt256 word) => new((uint)Packed.Field(word, 0, 32), (uint)Packed.Field(word, 32, 32), Packed.Field(word, 64, 64));

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() => Packed.At(ListId, 0) | Packed.At(Index, 32) | Packed.At(Since, 64);
}

/// <summary>Word 0 of a proposed recovery.</summary>
public record struct RecoveryWord(Address Replacement, ulong ProposedAt)
{
    /// <summary>Reads the word.</summary>
    public static RecoveryWord Unpack(in UInt256 word) => new(AbiWords.ToAddress(word), Packed.Field(word, 160, 64));

    /// <summary>The word.</summary>
    public readonly UInt256 Pack() => AbiWords.ToWord(Replacement) | Packed.At(ProposedAt, 160);
}
