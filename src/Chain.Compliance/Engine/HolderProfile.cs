using Chain.Compliance.Abi;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Engine;

/// <summary>What the engine asks the registry about a holder.</summary>
internal static class HolderProfile
{
    /// <summary>The identity that the wallet belongs, or last belonged, to; zero for none.</summary>
    public static UInt256 IdentityIdOf(ISlotReader kyc, in Address account) => kyc.Read(kyc.Map(KycLayout.Wallets, AbiWords.ToWord(account)));

    /// <summary>Country and investor type of an identity; zeros without identity.</summary>
    public static (ushort Country, byte Type) Of(ISlotReader kyc, in UInt256 identityId)
    {
        if (identityId.IsZero) return default;
        IdentityWord identity = IdentityWord.Unpack(kyc.Read(kyc.Map(KycLayout.Identities, identityId)));
        return (identity.Country, identity.InvestorType);
    }
}
