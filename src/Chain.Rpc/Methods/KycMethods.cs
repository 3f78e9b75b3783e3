using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.State;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Storage.State;
using Chain.Trie;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>kyc</c>: identities and eligibility as the registry's state has them (compliance specification, section 5).</summary>
/// <param name="chain">The chain.</param>
public sealed class KycMethods(RpcChain chain)
{
    /// <summary>Whether an account is eligible at a block, why not, and its wallet and identity records.</summary>
    /// <param name="address">Account.</param>
    /// <param name="block">Block.</param>
    [RpcMethod("kyc_getStatus", Example = """["{account}","latest"]""", Faults = RpcFaults.State, Result = "{*: Any}")]
    public RpcResult<KycStatusJson> GetStatus(Address address, BlockParameter block = default)
    {
        if (Open(block, out NamedBlock found, out IStateView state, out DirectStorage kyc) is { } error) return error;
        (UInt256 id, WalletWord wallet) = KycViews.Wallet(kyc, address);
        return new KycStatusJson(
            address, Eligibility.KycStatus(kyc, address, found.Header.Timestamp), id, wallet, KycViews.Identity(kyc, id), AllowList.RoleOf(kyc, address),
            Authorities.IsOfficer(kyc, address), AllowList.RoleOf(new DirectStorage(new WorldState(state), ModuleAddresses.TxAllowList), address));
    }

    /// <summary>The state proof of an account's eligibility: the slots of the recipe in section 2.7, decoded, with account and storage proofs (EIP-1186). A verifier needs the block's header and nothing else.</summary>
    /// <param name="address">Account.</param>
    /// <param name="block">Block.</param>
    [RpcMethod("kyc_getProof", Heavy = true, Example = """["{account}","latest"]""", Faults = RpcFaults.State, Result = "{*: Any}")]
    public RpcResult<KycProofJson> GetProof(Address address, BlockParameter block = default)
    {
        if (Open(block, out NamedBlock found, out IStateView state, out DirectStorage kyc) is { } error) return error;
        UInt256 wallet = Slots.Map(KycLayout.Wallets, AbiWords.ToWord(address));
        UInt256 identity = Slots.Map(KycLayout.Identities, kyc.Read(wallet));
        ushort country = IdentityWord.Unpack(kyc.Read(identity)).Country;
        UInt256[] slots = [wallet, wallet + 1, identity, KycLayout.Config, Eligibility.CountrySlot(country)];
        AccountProof proof = AccountProof.Build(state, state.Root, ModuleAddresses.Kyc, slots);
        return new KycProofJson(
            address, Eligibility.KycStatus(kyc, address, found.Header.Timestamp), found, new ProofJson(ModuleAddresses.Kyc, [.. slots.Select(s => new StorageKey(s, false))], proof));
    }

    /// <summary>Identities in order of registration, decoded, each with its wallets. Revoked ones stay in the list.</summary>
    /// <param name="offset">How many of the oldest to leave out.</param>
    /// <param name="limit">Most identities, up to 500.</param>
    /// <param name="block">Block.</param>
    [RpcMethod("kyc_listIdentities", Heavy = true, Example = """[0,2,"latest"]""", Faults = RpcFaults.State, Result = "{*: Any}")]
    public RpcResult<IdentityListJson> ListIdentities(LooseNumber offset, LooseNumber limit, BlockParameter block = default)
    {
        if (limit.Value > KycLimits.PageMax) return RpcError.InvalidParams($"too many identities: {limit.Value}, at most {KycLimits.PageMax}; ask again with a larger 'offset'");
        if (Open(block, out _, out _, out DirectStorage kyc) is { } error) return error;
        UInt256[] ids = KycViews.Page(kyc, KycLayout.IdentityIds, offset.Value, limit.Value);
        IReadOnlyList<IdentityItem> items =
        [
            .. ids.Select(id => new IdentityItem(
                id, KycViews.Identity(kyc, id), [.. KycViews.Page(kyc, Slots.Map(KycLayout.WalletsOf, id), default, KycLimits.WalletsMax).Select(w => AbiWords.ToAddress(w))])),
        ];
        return new IdentityListJson(kyc.Read(KycLayout.IdentityIds).U0, offset.Value, items);
    }

    /// <summary>
    /// Whether a transaction would be refused before it is sent: each of the chain's rules that it meets, the first that refuses, why, what to do, and what its execution would give. Asked for the
    /// head, it is judged as in the next block, at this node's clock.
    /// </summary>
    /// <param name="transaction">Transaction, as for eth_call; without "from" the zero address sends it.</param>
    /// <param name="block">Block on whose state it is judged.</param>
    [RpcMethod("kyc_explain", Heavy = true, Example = """[{"from":"{account}","to":"{other}","value":"0x1"}]""", Faults = RpcFaults.State, Result = "{*: Any}")]
    public RpcResult<ExplanationJson> Explain(Consensus.Simulation.CallRequest transaction, BlockParameter block = default) => new TransactionExplainer(chain).Explain(transaction, block);

    private RpcError? Open(BlockParameter block, out NamedBlock found, out IStateView state, out DirectStorage kyc)
    {
        kyc = default;
        if (chain.TryFindState(block, out found, out state) is { } error) return error;
        kyc = new DirectStorage(new WorldState(state), ModuleAddresses.Kyc);
        return null;
    }
}
