using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Evm.Frames;
using Chain.Evm.State;
using Chain.Evm.Tracing;

namespace Chain.Evm;

/// <summary>
/// Runs one transaction on the state: validity, fee purchase, warm sets, EIP-7702 tuples, policy, the first frame, refund, floor, fee payment, clean-up
/// (Yellow Paper, section 6, and the EIPs named below). Order of the policy's rules: compliance specification, section 3.3. Reusable, not thread safe.
/// </summary>
/// <param name="machine">The machine that runs the frames.</param>
public sealed partial class TransactionProcessor(VirtualMachine machine)
{
    /// <summary>Gas of a system call (EIP-4788 and its kin); not counted against the block.</summary>
    public const ulong SystemCallGas = 30_000_000;

    /// <summary>Caller of system calls.</summary>
    public static readonly Address SystemCaller = Address.Parse("0xfffffffffffffffffffffffffffffffffffffffe");

    private readonly TransactionContext _context = new();

    /// <summary>Runs a transaction, or refuses it and leaves the state as it was.</summary>
    /// <param name="state">State; left between transactions.</param>
    /// <param name="block">Block.</param>
    /// <param name="tx">Transaction.</param>
    /// <param name="sender">Its recovered sender.</param>
    /// <param name="available">What the block has left.</param>
    /// <param name="tracer">Told of every step; null for none.</param>
    public TransactionResult Execute(
        WorldState state, BlockContext block, Transaction tx, in Address sender, in BlockGas available, ITracer? tracer = null)
    {
        TransactionError error = TransactionRules.ValidateStatic(tx, block.Rules, block.ChainId);
        // Where the gas limit is too low as well, the fixtures name the fee.
        if (error == TransactionError.IntrinsicGasTooLow && tx.MaxFeePerGas < block.BaseFee) error = TransactionError.InsufficientMaxFeePerGas;
        if (error != TransactionError.None) return TransactionResult.Refused(error);
        ulong blobGas = BlobGasOf(tx);
        if (tx.GasLimit > available.Gas) return TransactionResult.Refused(TransactionError.GasAllowanceExceeded);
        if (blobGas > available.BlobGas) return TransactionResult.Refused(TransactionError.Type3TxMaxBlobGasAllowanceExceeded);

        state.UsePrecompiles(block.Precompiles);
        state.BeginTransaction();
        AccountEntry account = state.GetAccount(sender);
        error = CheckFees(block, tx, blobGas, out UInt256 mostPaid);
        if (error == TransactionError.None) error = CheckNonce(tx, account);
        if (error == TransactionError.None && account.Balance < mostPaid) error = TransactionError.InsufficientAccountFunds;
        if (error == TransactionError.None && !MaySend(state, account, block.Rules)) error = TransactionError.SenderNotEoa;
        if (error != TransactionError.None) return TransactionResult.Refused(error);
        byte policyCode = block.Policy?.CheckSender(state, sender) ?? 0;
        if (policyCode != 0) return TransactionResult.Refused(TransactionError.SenderNotAuthorized, policyCode);

        return Run(state, block, tx, account, FeeMarket.EffectiveGasPrice(tx, block.BaseFee), blobGas, tracer);
    }

    /// <summary>
    /// Runs a call as a transaction would run, without signature and with fewer checks (eth_call, eth_estimateGas, eth_simulateV1).
    /// The transaction's gas limit is taken as it is (the caller applies its own cap). The state keeps the changes.
    /// </summary>
    public TransactionResult Call(
        WorldState state, BlockContext block, Transaction tx, in Address sender, in CallOptions options = default, ITracer? tracer = null)
    {
        state.UsePrecompiles(block.Precompiles);
        state.BeginTransaction();
        AccountEntry account = state.GetAccount(sender);
        bool isFree = !options.ChecksZeroFee && tx.MaxFeePerGas.IsZero && tx.MaxFeePerBlobGas.IsZero;
        ulong blobGas = isFree ? 0 : BlobGasOf(tx);
        UInt256 mostPaid = tx.Value;
        TransactionError error = options.ChecksNonce ? CheckNonce(tx, account) : TransactionError.None;
        if (error == TransactionError.None && account.Nonce == ulong.MaxValue && (options.ChecksNonce || tx.IsContractCreation)) error = TransactionError.NonceIsMax;
        if (error == TransactionError.None && options.ChecksSenderCode && !MaySend(state, account, block.Rules)) error = TransactionError.SenderNotEoa;
        if (error == TransactionError.None && !isFree) error = CheckFees(block, tx, blobGas, out mostPaid);
        if (error == TransactionError.None && account.Balance < mostPaid) error = TransactionError.InsufficientAccountFunds;
        ulong intrinsicGas = IntrinsicGas.Compute(tx, block.Rules, out ulong floorGas);
        if (error == TransactionError.None && tx.GasLimit < intrinsicGas) error = TransactionError.IntrinsicGasTooLow;
        if (error == TransactionError.None && tx.GasLimit < floorGas) error = TransactionError.IntrinsicGasBelowFloorGasCost;
        if (error == TransactionError.None && tx.IsContractCreation && tx.Data.Length > block.Rules.InitCodeSizeMax) error = TransactionError.InitcodeSizeExceeded;
        if (error != TransactionError.None) return TransactionResult.Refused(error);
        byte policyCode = options.ChecksPolicySender ? block.Policy?.CheckSender(state, sender) ?? 0 : (byte)0;
        if (policyCode != 0) return TransactionResult.Refused(TransactionError.SenderNotAuthorized, policyCode);

        UInt256 price = isFree ? default : FeeMarket.EffectiveGasPrice(tx, block.BaseFee);
        return Run(state, block, tx, account, price, blobGas, tracer);
    }

    /// <summary>
    /// A system call (EIP-4788, 2935, 7002, 7251): from <see cref="SystemCaller"/>, with <see cref="SystemCallGas"/>, no fee, no value, no rule of the policy.
    /// An account without code does nothing; whether that makes the block invalid is the caller's to decide.
    /// </summary>
    public ExecutionResult SystemCall(WorldState state, BlockContext block, in Address to, ReadOnlyMemory<byte> data)
    {
        state.UsePrecompiles(block.Precompiles);
        state.BeginTransaction();
        _context.Origin = SystemCaller;
        _context.GasPrice = block.BaseFee;
        _context.BlobVersionedHashes = [];
        Message message = new() { Kind = CallKind.Call, Caller = SystemCaller, Recipient = to, Input = data, Gas = SystemCallGas };
        ExecutionResult result = machine.Execute(state, block, _context, message);
        if (result.Status != FrameStatus.Success) state.DropFailedTouches();
        state.EndTransaction(block.Rules);
        return result;
    }

    /// <summary>Everything after the validity checks; nothing here refuses.</summary>
    private TransactionResult Run(
        WorldState state, BlockContext block, Transaction tx, AccountEntry sender, in UInt256 gasPrice, ulong blobGas, ITracer? tracer)
    {
        ForkRules rules = block.Rules;
        ulong intrinsicGas = IntrinsicGas.Compute(tx, rules, out ulong floorGas);
        ulong nonce = sender.Nonce;
        state.SubtractBalance(sender, (gasPrice * tx.GasLimit) + (block.BlobBaseFee * blobGas));
        state.SetNonce(sender, nonce + 1);

        AccountEntry recipient = state.GetAccount(tx.To ?? ContractAddress.OfCreate(sender.Address, nonce));
        if (rules.Fork >= Fork.Berlin) Warm(state, block, tx, sender, recipient);
        if (tx.AuthorizationList.Count > 0) ApplyAuthorizations(state, block, tx, sender.Address);
        // The delegation target of the recipient is warm from the start (EIP-7702).
        if (rules.Fork >= Fork.Prague && Delegation.TryParse(state.GetCode(recipient).Span, out Address target)) state.WarmAccount(state.GetAccount(target));

        ulong frameGas = tx.GasLimit - intrinsicGas;
        byte[]? refusal = CheckFirstFrame(block, state, tx, sender, recipient);
        ExecutionResult execution = refusal is null
            ? ExecuteFirstFrame(state, block, tx, sender, recipient, frameGas, gasPrice, tracer)
            : new ExecutionResult(FrameStatus.Revert, frameGas, refusal);
        if (execution.Status != FrameStatus.Success) state.DropFailedTouches();

        ulong gasBeforeRefund = tx.GasLimit - execution.GasLeft;
        ulong refund = Math.Min(gasBeforeRefund / rules.RefundQuotient, (ulong)state.Refund);
        ulong gasUsed = Math.Max(gasBeforeRefund - refund, floorGas);
        state.AddBalance(sender, gasPrice * (tx.GasLimit - gasUsed));
        PayCoinbase(state, block, gasPrice, gasUsed);

        TransactionResult result = new()
        {
            Status = execution.Status,
            GasUsed = gasUsed,
            GasUsedBeforeRefund = gasBeforeRefund,
            GasRefunded = refund,
            Output = execution.Output,
            ContractAddress = tx.IsContractCreation ? recipient.Address : null,
            Logs = state.Logs.Count == 0 ? [] : [.. state.Logs],
            Decisions = state.Decisions.Count == 0 ? [] : [.. state.Decisions],
            EffectiveGasPrice = gasPrice,
        };
        state.EndTransaction(rules);
        return result;
    }

    private ExecutionResult ExecuteFirstFrame(
        WorldState state, BlockContext block, Transaction tx, AccountEntry sender, AccountEntry recipient, ulong gas, in UInt256 gasPrice, ITracer? tracer)
    {
        _context.Origin = sender.Address;
        _context.GasPrice = gasPrice;
        _context.BlobVersionedHashes = tx.BlobVersionedHashes;
        Message message = new()
        {
            Kind = tx.IsContractCreation ? CallKind.Create : CallKind.Call,
            Caller = sender.Address,
            Recipient = recipient.Address,
            Value = tx.Value,
            Input = tx.Data,
            Gas = gas,
        };
        return machine.Execute(state, block, _context, message, tracer);
    }

    /// <summary>Rules D, F and V at the top level; the revert data of the first that refuses, or null.</summary>
    private static byte[]? CheckFirstFrame(BlockContext block, WorldState state, Transaction tx, AccountEntry sender, AccountEntry recipient)
    {
        if (block.Policy is not { } policy) return null;
        Address from = sender.Address;
        Address to = recipient.Address;
        byte[]? error = tx.IsContractCreation ? policy.CheckDeploy(state, from, from) : recipient.HasCode ? policy.CheckCall(state, to) : null;
        DecisionKind kind = tx.IsContractCreation ? DecisionKind.DeployRefused : DecisionKind.CallRefused;
        if (error is null && !tx.Value.IsZero)
        {
            error = tx.IsContractCreation
                ? policy.CheckEndowment(state, from, to, fromIsEligibleSender: true)
                : policy.CheckValue(state, from, to, fromIsEligibleSender: true);
            kind = DecisionKind.ValueRefused;
        }
        if (error is null || block.DecisionLog is null) return error;
        Address other = kind == DecisionKind.DeployRefused ? from : to;
        state.AddDecision(VirtualMachine.PolicyDecision(kind, from, other, tx.Value, error[^1]) with { IsEffective = false });
        return error;
    }

    /// <summary>The priority fee; the base fee and the blob fee are burned (EIP-1559, EIP-4844). A zero fee touches the coinbase, as in Ethereum.</summary>
    private static void PayCoinbase(WorldState state, BlockContext block, in UInt256 gasPrice, ulong gasUsed)
    {
        // A free call may pay less than the base fee; then there is nothing to pay out.
        UInt256 fee = gasPrice > block.BaseFee ? (gasPrice - block.BaseFee) * gasUsed : default;
        Address? payee = block.Policy is { } policy && !fee.IsZero ? policy.RedirectCredit(state, block.Coinbase) : block.Coinbase;
        if (payee is { } address) state.AddBalance(state.GetAccount(address), fee);
    }

    /// <summary>Warm sets at the start of a transaction (EIP-2929, 2930, 3651); native contracts are always warm.</summary>
    private static void Warm(WorldState state, BlockContext block, Transaction tx, AccountEntry sender, AccountEntry recipient)
    {
        state.WarmAccount(sender);
        state.WarmAccount(recipient);
        if (block.Rules.Fork >= Fork.Shanghai) state.WarmAccount(state.GetAccount(block.Coinbase));
        IReadOnlyList<AccessListEntry> list = tx.AccessList;
        for (int i = 0; i < list.Count; i++)
        {
            AccountEntry account = state.GetAccount(list[i].Address);
            state.WarmAccount(account);
            IReadOnlyList<UInt256> keys = list[i].StorageKeys;
            for (int k = 0; k < keys.Count; k++) state.WarmSlot(state.GetSlot(account, keys[k]));
        }
    }

    /// <summary>EIP-7702: each valid tuple sets (or, for the zero address, clears) the delegation of its authority; others are skipped.</summary>
    private static void ApplyAuthorizations(WorldState state, BlockContext block, Transaction tx, in Address sender)
    {
        ForkRules rules = block.Rules;
        foreach (Authorization tuple in tx.AuthorizationList)
        {
            if (!tuple.ChainId.IsZero && tuple.ChainId != block.ChainId) continue;
            if (tuple.Nonce == ulong.MaxValue) continue;
            if (!tuple.TryRecoverAuthority(out Address authority)) continue;
            AccountEntry account = state.GetAccount(authority);
            state.WarmAccount(account);
            if (account.HasCode && !Delegation.TryParse(state.GetCode(account).Span, out _)) continue;
            if (account.Nonce != tuple.Nonce) continue;
            if (block.Policy is { } policy && policy.CheckAuthority(state, authority) is var code and not 0)
            {
                if (block.DecisionLog is not null) state.AddDecision(VirtualMachine.PolicyDecision(DecisionKind.AuthorizationSkipped, sender, authority, default, code));
                continue;
            }
            if (account.Exists) state.AddRefund((long)(rules.AuthorizationGas - rules.AuthorizationBaseGas));
            state.SetCode(account, tuple.Address.IsZero ? default : Delegation.Encode(tuple.Address));
            state.SetNonce(account, account.Nonce + 1);
        }
    }

    /// <summary>Fee fields against the block, and the most the transaction may cost: gas limit * fee cap + value + blob gas * blob fee cap.</summary>
    private static TransactionError CheckFees(BlockContext block, Transaction tx, ulong blobGas, out UInt256 mostPaid)
    {
        mostPaid = default;
        if (tx.MaxPriorityFeePerGas > tx.MaxFeePerGas) return TransactionError.PriorityGreaterThanMaxFeePerGas;
        if (tx.MaxFeePerGas < block.BaseFee) return TransactionError.InsufficientMaxFeePerGas;
        if (tx.Type == TransactionType.Blob && tx.MaxFeePerBlobGas < block.BlobBaseFee) return TransactionError.InsufficientMaxFeePerBlobGas;
        if (UInt256.MultiplyOverflow(tx.MaxFeePerGas, tx.GasLimit, out UInt256 gasFee)) return TransactionError.GaslimitPriceProductOverflow;
        bool overflows = UInt256.MultiplyOverflow(tx.MaxFeePerBlobGas, blobGas, out UInt256 blobFee);
        overflows |= UInt256.AddOverflow(gasFee, blobFee, out UInt256 fee);
        overflows |= UInt256.AddOverflow(fee, tx.Value, out mostPaid);
        return overflows ? TransactionError.InsufficientAccountFunds : TransactionError.None;
    }

    private static TransactionError CheckNonce(Transaction tx, AccountEntry sender) =>
        tx.Nonce < sender.Nonce ? TransactionError.NonceMismatchTooLow
        : tx.Nonce > sender.Nonce ? TransactionError.NonceMismatchTooHigh
        : TransactionError.None;

    /// <summary>EIP-3607: an account with code cannot send, a delegation (EIP-7702) apart.</summary>
    private static bool MaySend(WorldState state, AccountEntry sender, ForkRules rules) =>
        !sender.HasCode || (rules.Fork >= Fork.Prague && Delegation.TryParse(state.GetCode(sender).Span, out _));

    private static ulong BlobGasOf(Transaction tx) => (ulong)tx.BlobVersionedHashes.Count * FeeMarket.GasPerBlob;
}
