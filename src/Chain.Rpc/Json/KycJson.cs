using System.Text.Json;
using Chain.Compliance.Abi;
using Chain.Compliance.Registry;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Rpc.Methods;

namespace Chain.Rpc.Json;

/// <summary>The answer of kyc_getStatus.</summary>
/// <param name="Account">Account.</param>
/// <param name="Code">Reason code, 0 for eligible.</param>
/// <param name="IdentityId">Identity of the wallet; zero for none.</param>
/// <param name="Wallet">Wallet record.</param>
/// <param name="Identity">Identity record.</param>
/// <param name="Role">Role in the registry.</param>
/// <param name="IsOfficer">Officer flag.</param>
/// <param name="SenderRole">Role in the transaction allow list.</param>
public sealed record KycStatusJson(
    Address Account, byte Code, UInt256 IdentityId, WalletWord Wallet, IdentityView Identity, Role Role, bool IsOfficer, Role SenderRole) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteAddress("account"u8, Account);
        writer.WriteReason(Code);
        writer.WriteBoolean("eligible"u8, Code == ReasonCodes.Ok);
        writer.WriteString("role"u8, Role.ToString());
        writer.WriteBoolean("officer"u8, IsOfficer);
        writer.WriteString("txAllowListRole"u8, SenderRole.ToString());
        writer.WritePropertyName("wallet"u8);
        if (Wallet.Status == RecordStatus.None && !Wallet.IsSanctioned) writer.WriteNullValue();
        else WriteWallet(writer);
        writer.WritePropertyName("identity"u8);
        if (Identity.Word.Status == RecordStatus.None) writer.WriteNullValue();
        else IdentityItem.Write(writer, IdentityId, Identity, null);
        writer.WriteEndObject();
    }

    private void WriteWallet(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteHash("identityId"u8, AbiWords.ToHash(IdentityId));
        writer.WriteString("status"u8, Wallet.Status.ToString());
        writer.WriteQuantity("kind"u8, Wallet.Kind);
        writer.WriteQuantity("flags"u8, Wallet.Flags);
        writer.WriteBoolean("sanctioned"u8, Wallet.IsSanctioned);
        writer.WriteQuantity("linkedAt"u8, Wallet.LinkedAt);
        writer.WriteQuantity("index"u8, Wallet.Index);
        writer.WriteQuantity("statusSince"u8, Wallet.StatusSince);
        writer.WriteEndObject();
    }
}

/// <summary>An identity with its wallets.</summary>
/// <param name="Id">Identity id.</param>
/// <param name="View">Record.</param>
/// <param name="Wallets">Linked wallets.</param>
public sealed record IdentityItem(UInt256 Id, IdentityView View, IReadOnlyList<Address> Wallets)
{
    /// <summary>Writes an identity; without wallets where they are null.</summary>
    public static void Write(Utf8JsonWriter writer, in UInt256 id, in IdentityView view, IReadOnlyList<Address>? wallets)
    {
        IdentityWord word = view.Word;
        writer.WriteStartObject();
        writer.WriteHash("identityId"u8, AbiWords.ToHash(id));
        writer.WriteString("status"u8, word.Status.ToString());
        writer.WriteQuantity("kind"u8, word.Kind);
        writer.WriteQuantity("tier"u8, word.Tier);
        writer.WriteQuantity("investorType"u8, word.InvestorType);
        writer.WriteQuantity("country"u8, word.Country);
        writer.WriteQuantity("taxCountry"u8, word.TaxCountry);
        writer.WriteQuantity("attributes"u8, word.Attributes);
        writer.WriteQuantity("expiry"u8, word.Expiry);
        writer.WriteQuantity("updatedAt"u8, word.UpdatedAt);
        writer.WriteQuantity("createdAt"u8, view.CreatedAt);
        writer.WriteQuantity("walletCount"u8, word.WalletCount);
        writer.WriteHash("claimsHash"u8, AbiWords.ToHash(view.ClaimsHash));
        writer.WriteAddress("onchainId"u8, view.OnchainId);
        writer.WriteQuantity("providerId"u8, view.ProviderId);
        if (wallets is not null)
        {
            writer.WriteStartArray("wallets"u8);
            foreach (Address wallet in wallets) writer.WriteDataValue(wallet.Bytes);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }
}

/// <summary>The answer of kyc_listIdentities.</summary>
/// <param name="Total">All identities.</param>
/// <param name="Offset">Index of the first one here.</param>
/// <param name="Items">Identities.</param>
public sealed record IdentityListJson(ulong Total, ulong Offset, IReadOnlyList<IdentityItem> Items) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteQuantity("total"u8, Total);
        writer.WriteQuantity("offset"u8, Offset);
        writer.WriteStartArray("identities"u8);
        foreach (IdentityItem item in Items) IdentityItem.Write(writer, item.Id, item.View, item.Wallets);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}

/// <summary>The answer of kyc_getProof.</summary>
/// <param name="Account">Account.</param>
/// <param name="Code">Reason code at the block's time.</param>
/// <param name="Block">Block.</param>
/// <param name="Proof">Proof of the registry's account and of the five slots.</param>
public sealed record KycProofJson(Address Account, byte Code, NamedBlock Block, ProofJson Proof) : IJsonWritable
{
    private static readonly string[] SlotNames = ["walletIdentityId", "wallet", "identity", "config", "blockedCountries"];

    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteAddress("account"u8, Account);
        writer.WriteReason(Code);
        writer.WriteQuantity("blockNumber"u8, Block.Header.Number);
        writer.WriteHash("blockHash"u8, Block.Hash);
        writer.WriteHash("stateRoot"u8, Block.Header.StateRoot);
        writer.WriteQuantity("timestamp"u8, Block.Header.Timestamp);
        writer.WriteStartArray("slots"u8);
        for (int i = 0; i < SlotNames.Length; i++)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, SlotNames[i]);
            writer.WritePropertyName("key"u8);
            writer.WriteWordValue(Proof.Keys[i].Slot);
            writer.WritePropertyName("value"u8);
            writer.WriteWordValue(Proof.Proof.Slots[i].Value);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        WriteDecoded(writer);
        writer.WritePropertyName("proof"u8);
        Proof.WriteTo(writer);
        writer.WriteEndObject();
    }

    private void WriteDecoded(Utf8JsonWriter writer)
    {
        WalletWord wallet = WalletWord.Unpack(Proof.Proof.Slots[1].Value);
        IdentityWord identity = IdentityWord.Unpack(Proof.Proof.Slots[2].Value);
        KycConfigWord config = KycConfigWord.Unpack(Proof.Proof.Slots[3].Value);
        writer.WriteStartObject("decoded"u8);
        writer.WriteString("walletStatus"u8, wallet.Status.ToString());
        writer.WriteBoolean("sanctioned"u8, wallet.IsSanctioned);
        writer.WriteString("identityStatus"u8, identity.Status.ToString());
        writer.WriteQuantity("tier"u8, identity.Tier);
        writer.WriteQuantity("minTier"u8, config.MinTier);
        writer.WriteQuantity("country"u8, identity.Country);
        writer.WriteBoolean("countryBlocked"u8, identity.Country != 0 && Proof.Proof.Slots[4].Value.Bit(identity.Country & 255));
        writer.WriteQuantity("expiry"u8, identity.Expiry);
        writer.WriteQuantity("mode"u8, config.Mode);
        writer.WriteEndObject();
    }
}

/// <summary>Writes what many answers share.</summary>
internal static class ComplianceJson
{
    /// <summary>Writes a reason code with its name and message.</summary>
    public static void WriteReason(this Utf8JsonWriter writer, byte code)
    {
        writer.WriteNumber("code"u8, code);
        writer.WriteString("reason"u8, ReasonCodes.NameOf(code));
        writer.WriteString("message"u8, ReasonCodes.MessageOf(code));
    }
}
