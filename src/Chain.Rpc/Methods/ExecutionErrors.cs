using System.Text.Json;
using Chain.Consensus.Pool;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Rpc.Abi;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>Errors of the pool and of executions as they go over the wire: geth's codes and words, and those of the compliance specification, section 3.8.</summary>
internal static class ExecutionErrors
{
    /// <summary>What a refusal by the pool tells the client; null when the transaction was taken.</summary>
    public static RpcError? OfPool(in PoolAddResult result, Func<byte, string> reasonName)
    {
        if (result.IsAccepted) return null;
        if (result.Refusal is { } refusal)
        {
            int code = refusal.Rule == 'S' ? RpcErrorCodes.SenderNotAuthorized : RpcErrorCodes.TransactionRejected;
            return new RpcError(code, PoolMessages.Describe(refusal), new RefusalData(refusal, reasonName(refusal.Code)));
        }
        if (result.Message.Length > 0) return RpcError.Server(result.Message);
        return RpcError.Server(result.Status switch
        {
            PoolStatus.AlreadyKnown => "already known",
            PoolStatus.ReplacementUnderpriced => "replacement transaction underpriced",
            PoolStatus.Underpriced => "transaction underpriced",
            PoolStatus.PoolFull => "txpool is full",
            PoolStatus.SenderLimitExceeded => "account limit exceeded",
            PoolStatus.Oversized => "oversized data",
            PoolStatus.InvalidSidecar => "invalid blob sidecar",
            _ => $"invalid transaction: {ErrorNames.ToFixtureName(result.TransactionError)}",
        });
    }

    /// <summary>What a simulation that did not succeed tells the client; null when it succeeded.</summary>
    public static RpcError? OfCall(TransactionResult result, in Address sender, ulong gas, Func<byte, string> reasonName)
    {
        if (result.Succeeded) return null;
        if (result.Error == TransactionError.SenderNotAuthorized)
            return OfPool(new PoolAddResult(PoolStatus.NotAuthorized, default, result.Error, "", new ComplianceRefusal('S', sender, result.PolicyCode)), reasonName);
        if (result.Error != TransactionError.None) return RpcError.Server($"err: {Describe(result.Error)}: address {sender.ToChecksumText()} (supplied gas {gas})");
        return result.Status == FrameStatus.Revert ? RevertReason.ToError(result.Output) : RpcError.Server(Describe(result.Status));
    }

    /// <summary>geth's words for a halt.</summary>
    public static string Describe(FrameStatus status) => status switch
    {
        FrameStatus.OutOfGas => "out of gas",
        FrameStatus.StackUnderflow => "stack underflow",
        FrameStatus.StackOverflow => "stack limit reached 1024",
        FrameStatus.InvalidJump => "invalid jump destination",
        FrameStatus.InvalidOpcode => "invalid opcode",
        FrameStatus.WriteProtection => "write protection",
        FrameStatus.ReturnDataOutOfBounds => "return data out of bounds",
        FrameStatus.AddressCollision => "contract address collision",
        FrameStatus.InvalidCodePrefix => "invalid code: must not begin with 0xef",
        FrameStatus.CodeSizeExceeded => "max code size exceeded",
        FrameStatus.PrecompileFailure => "precompile failed",
        FrameStatus.CallDepthExceeded => "max call depth exceeded",
        FrameStatus.InsufficientBalance => "insufficient balance for transfer",
        FrameStatus.NonceOverflow => "nonce uint64 overflow",
        _ => "execution reverted",
    };

    private static string Describe(TransactionError error) => error switch
    {
        TransactionError.InsufficientAccountFunds => "insufficient funds for gas * price + value",
        TransactionError.GaslimitPriceProductOverflow => "insufficient funds for gas * price + value",
        TransactionError.IntrinsicGasTooLow => "intrinsic gas too low",
        TransactionError.IntrinsicGasBelowFloorGasCost => "insufficient gas for floor data gas cost",
        TransactionError.InsufficientMaxFeePerGas => "max fee per gas less than block base fee",
        TransactionError.PriorityGreaterThanMaxFeePerGas => "max priority fee per gas higher than max fee per gas",
        TransactionError.InsufficientMaxFeePerBlobGas => "max fee per blob gas less than block blob gas fee",
        TransactionError.NonceMismatchTooLow => "nonce too low",
        TransactionError.NonceMismatchTooHigh => "nonce too high",
        TransactionError.NonceIsMax => "nonce has max value",
        TransactionError.SenderNotEoa => "sender not an eoa",
        TransactionError.InitcodeSizeExceeded => "max initcode size exceeded",
        TransactionError.GasAllowanceExceeded => "exceeds block gas limit",
        _ => ErrorNames.ToFixtureName(error),
    };

    private sealed record RefusalData(ComplianceRefusal Refusal, string Reason) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteString("rule"u8, Refusal.Rule.ToString());
            writer.WriteAddress("account"u8, Refusal.Account);
            writer.WriteNumber("code"u8, Refusal.Code);
            writer.WriteString("reason"u8, Reason);
            writer.WriteEndObject();
        }
    }
}
