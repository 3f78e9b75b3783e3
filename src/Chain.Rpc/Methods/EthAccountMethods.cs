using System.Text.Json;
using Chain.Consensus.Pool;
using Chain.Consensus.Simulation;
using Chain.Core.Crypto;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Rpc.Abi;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Storage.State;

namespace Chain.Rpc.Methods;

/// <summary>The namespaces <c>eth</c> and <c>personal</c>: what needs a key of this node, or an impersonated sender. For development chains.</summary>
/// <param name="chain">The chain.</param>
public sealed class EthAccountMethods(RpcChain chain)
{
    private readonly FeeOracle _fees = new(chain);

    /// <summary>Fills, signs and sends a transaction of an account of this node or of an impersonated one; returns its hash.</summary>
    [RpcMethod("eth_sendTransaction", "eth_sendUnsignedTransaction", Work = RpcWork.Call, Example = """[{"from":"{account}","to":"{other}","value":"0x1"}]""", Faults = RpcFaults.Account | RpcFaults.Pool | RpcFaults.Revert, Mutating = true)]
    public RpcResult<Hash256> SendTransaction([RpcParameter("Transaction")] TransactionRequest request)
    {
        if (request.Call.From is not { } from) return RpcError.InvalidParams("missing \"from\"");
        bool hasKey = chain.Accounts.TryGetKey(from, out byte[] key);
        if (!hasKey && chain.Dev?.IsImpersonated(from) != true) return RpcError.Server($"unknown account {from.ToChecksumText()}: its key is not here and it is not impersonated");
        RpcResult<Transaction> filled = Fill(request, from);
        if (filled.Error is not null) return filled.Error;
        PoolAddResult result = hasKey
            ? chain.Pool.Add(TransactionSigner.Sign(filled.Value, key), isLocal: true)
            : chain.Pool.AddImpersonated(filled.Value.WithSignature(PlaceholderSignature(from)), from);
        return ExecutionErrors.OfPool(result, chain.ReasonName) is { } refused ? refused : result.Hash;
    }

    /// <summary>Fills and signs a transaction without sending it.</summary>
    [RpcMethod("eth_signTransaction", Work = RpcWork.Call, Example = """[{"from":"{account}","to":"{other}","value":"0x1"}]""", Faults = RpcFaults.Account | RpcFaults.Revert)]
    public RpcResult<SignedTransactionJson> SignTransaction([RpcParameter("Transaction")] TransactionRequest request)
    {
        RpcResult<Transaction> signed = FillAndSign(request);
        if (signed.Error is not null) return signed.Error;
        return new SignedTransactionJson(TransactionCodec.Encode(signed.Value), new TransactionJson(signed.Value, signed.Value.Hash, request.Call.From!.Value, null));
    }

    /// <summary>Fills and signs a transaction of an account of this node.</summary>
    internal RpcResult<Transaction> FillAndSign(TransactionRequest request)
    {
        if (request.Call.From is not { } from) return RpcError.InvalidParams("missing \"from\"");
        if (!chain.Accounts.TryGetKey(from, out byte[] key)) return UnknownAccount(from);
        RpcResult<Transaction> filled = Fill(request, from);
        return filled.Error is not null ? filled : TransactionSigner.Sign(filled.Value, key);
    }

    /// <summary>Fills what is missing in a transaction (nonce, gas, fees), unsigned, for a wallet to sign.</summary>
    [RpcMethod("eth_fillTransaction", Work = RpcWork.Call, Example = """[{"from":"{account}","to":"{other}","value":"0x1"}]""", Faults = RpcFaults.Revert | RpcFaults.Execution)]
    public RpcResult<SignedTransactionJson> FillTransaction([RpcParameter("Transaction")] TransactionRequest request)
    {
        Address from = request.Call.From ?? default;
        RpcResult<Transaction> filled = Fill(request, from);
        if (filled.Error is not null) return filled.Error;
        return new SignedTransactionJson(TransactionCodec.Encode(filled.Value), new TransactionJson(filled.Value, filled.Value.Hash, from, null));
    }

    /// <summary>Signs a message with the prefix of EIP-191.</summary>
    [RpcMethod("eth_sign", Example = """["{account}","0x68656c6c6f"]""", Faults = RpcFaults.Account, Result = "Signature")]
    public RpcResult<ReadOnlyMemory<byte>> Sign([RpcParameter("Address")] Address account, ReadOnlyMemory<byte> message) => SignHash(account, PersonalMessage.Hash(message.Span));

    /// <summary>As eth_sign, with the arguments the other way round.</summary>
    [RpcMethod("personal_sign", Example = """["0x68656c6c6f","{account}"]""", Faults = RpcFaults.Account, Result = "Signature")]
    public RpcResult<ReadOnlyMemory<byte>> PersonalSign(ReadOnlyMemory<byte> message, [RpcParameter("Address")] Address account) => Sign(account, message);

    /// <summary>Signs typed structured data (EIP-712).</summary>
    [RpcMethod("eth_signTypedData_v4", "eth_signTypedData", Example = """["{account}",{"types":{"Note":[{"name":"number","type":"uint8"}]},"primaryType":"Note","domain":{"chainId":31337},"message":{"number":5}}]""", Faults = RpcFaults.Account, Result = "Signature")]
    public RpcResult<ReadOnlyMemory<byte>> SignTypedData([RpcParameter("Address")] Address account, JsonElement data) =>
        TypedData.TryHash(data, out Hash256 hash, out string error) ? SignHash(account, hash) : RpcError.InvalidArgument(1, error);

    private RpcResult<ReadOnlyMemory<byte>> SignHash(in Address account, in Hash256 hash)
    {
        if (!chain.Accounts.TryGetKey(account, out byte[] key)) return UnknownAccount(account);
        Secp256k1.TrySign(hash.Bytes, key, out TransactionSignature signature);
        byte[] bytes = new byte[65];
        signature.R.WriteBigEndian(bytes);
        signature.S.WriteBigEndian(bytes.AsSpan(32));
        bytes[64] = (byte)(27 + signature.YParity);
        return new ReadOnlyMemory<byte>(bytes);
    }

    private RpcResult<Transaction> Fill(TransactionRequest request, in Address from)
    {
        CallRequest call = request.Call;
        PoolHead head = chain.Pool.Head;
        if (request.ChainId is { } chainId && chainId != head.ChainId) return RpcError.Server($"chainId does not match node's (have={chainId}, want={head.ChainId})");
        if (call.BlobVersionedHashes is not null) return RpcError.InvalidParams("blob transactions carry their blobs: sign them and use eth_sendRawTransaction");
        if (call.To is null && call.Data.IsEmpty) return RpcError.InvalidParams("contract creation without any data provided");
        ulong nonce = call.Nonce ?? chain.Pool.NextNonce(from);
        if (call.Gas is null)
        {
            IStateView state = chain.Manager.HeadState;
            SimulationSession session = chain.Simulator.Open(new SimulationTarget(chain.Manager.Head, state, chain.Manager.Head.ParentHash));
            EstimateResult estimate = chain.Simulator.Estimate(session, call with { Nonce = null });
            if (estimate.Failure is { } failure)
                return ExecutionErrors.OfCall(failure, from, estimate.Allowance, chain.ReasonName) ?? RpcError.Server($"gas required exceeds allowance ({estimate.Allowance})");
            call = call with { Gas = estimate.Gas };
        }
        bool isLegacy = call.GasPrice is not null || head.Rules.Fork < Fork.London;
        UInt256 tip = call.GasPrice ?? call.MaxPriorityFeePerGas ?? _fees.SuggestTip();
        UInt256 fee = call.GasPrice ?? call.MaxFeePerGas ?? (isLegacy ? tip : (head.BaseFee * 2) + tip);
        return new Transaction
        {
            Type = call.AuthorizationList is not null ? TransactionType.SetCode
                : !isLegacy ? TransactionType.DynamicFee
                : call.AccessList is not null ? TransactionType.AccessList
                : TransactionType.Legacy,
            // Signatures are bound to a chain from EIP-155 on.
            ChainId = head.Rules.Fork < Fork.SpuriousDragon ? null : head.ChainId,
            Nonce = nonce,
            GasLimit = call.Gas.Value,
            MaxFeePerGas = fee,
            MaxPriorityFeePerGas = call.MaxPriorityFeePerGas is null && tip > fee ? fee : tip,
            To = call.To,
            Value = call.Value,
            Data = call.Data,
            AccessList = call.AccessList ?? [],
            AuthorizationList = call.AuthorizationList ?? [],
        };
    }

    // The sender in place of r keeps the hashes of impersonated senders' equal transactions apart.
    private static TransactionSignature PlaceholderSignature(in Address from) => new(0, UInt256.FromBigEndian(from.Bytes), UInt256.One);

    private static RpcError UnknownAccount(in Address account) => RpcError.Server($"unknown account {account.ToChecksumText()}: its key is not here");
}

/// <summary>The answer of eth_signTransaction.</summary>
/// <param name="Raw">The signed bytes.</param>
/// <param name="Transaction">The transaction object.</param>
public sealed record SignedTransactionJson(ReadOnlyMemory<byte> Raw, TransactionJson Transaction) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteData("raw"u8, Raw.Span);
        writer.WritePropertyName("tx"u8);
        Transaction.WriteTo(writer);
        writer.WriteEndObject();
    }
}
