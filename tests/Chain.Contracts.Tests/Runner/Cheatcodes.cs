using System.Buffers.Binary;
using Chain.Compliance.Abi;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Evm.State;
using Chain.Node.Predeploys;

namespace Chain.Contracts.Tests.Runner;

/// <summary>
/// The cheatcodes of <c>contracts/test/base/Vm.sol</c>, with forge's meaning and gas: the call itself costs what a call of an account costs, and accounts and slots that a cheatcode
/// handles are warm afterwards. State is changed in the caller's frame and is undone with it; time, height and expectations are not.
/// </summary>
internal sealed class Cheatcodes : IStatefulPrecompile, ICallInterceptor
{
    /// <summary>keccak256("hevm cheat code"), low 20 bytes.</summary>
    public static readonly Address At = Address.Parse("0x7109709ECfa91a80626fF3989D68f67F5b1DD12D");

    // What a call that failed as expected returns: zeros, enough for any static return type.
    private static readonly byte[] ReturnOfExpectedFailure = new byte[8192];
    private static readonly Address CreatedByExpectedFailure = Address.FromNumber(1);

    private readonly TestWorld _world;
    private readonly Dictionary<uint, Func<Arguments, byte[]>> _functions;
    private readonly List<Prank> _pranks = [];
    private readonly List<ExpectedLog> _expectedLogs = [];
    private ExpectedRevert? _expectedRevert;
    private int _callerDepth;

    public Cheatcodes(TestWorld world)
    {
        _world = world;
        _functions = new Dictionary<string, Func<Arguments, byte[]>>
        {
            ["prank(address)"] = a => StartPrank(a, isSingle: true),
            ["startPrank(address)"] = a => StartPrank(a, isSingle: false),
            ["stopPrank()"] = _ => StopPrank(),
            ["warp(uint256)"] = a => MoveTo(_world.Number, a.UInt64(0, "timestamp")),
            ["roll(uint256)"] = a => MoveTo(a.UInt64(0, "number"), _world.Timestamp),
            ["expectRevert()"] = _ => ExpectRevert(null),
            ["expectRevert(bytes4)"] = a => ExpectRevert(a.Words[..AbiWords.SelectorSizeBytes]),
            ["expectRevert(bytes)"] = a => ExpectRevert(a.Bytes(0)),
            ["expectEmit(bool,bool,bool,bool)"] = ExpectEmit,
            ["etch(address,bytes)"] = Etch,
            ["store(address,bytes32,bytes32)"] = Store,
            ["deal(address,uint256)"] = Deal,
            ["sign(uint256,bytes32)"] = Sign,
            ["addr(uint256)"] = a => AbiValue.Encode(AbiValue.Of(AddressOf(a.Key(0)))),
        }.ToDictionary(f => AbiWords.Selector(f.Key), f => f.Value);
    }

    public Address Address => At;

    public string Name => "CHEATCODES";

    private WorldState State => _world.State;

    /// <summary>The pranks in force, which outlast a transaction; expectations do not.</summary>
    public IReadOnlyList<Prank> Save() => [.. _pranks.Select(p => p with { })];

    /// <summary>Goes back to these pranks and to no expectations.</summary>
    public void Restore(IReadOnlyList<Prank> pranks)
    {
        _pranks.Clear();
        _pranks.AddRange(pranks.Select(p => p with { }));
        _expectedLogs.Clear();
        _expectedRevert = null;
    }

    public FrameStatus Run(ref NativeCall call, ReadOnlySpan<byte> input, OutputBuffer output)
    {
        try
        {
            if (input.Length < AbiWords.SelectorSizeBytes || !_functions.TryGetValue(BinaryPrimitives.ReadUInt32BigEndian(input), out Func<Arguments, byte[]>? function))
                throw new CheatcodeException($"no cheatcode has the input 0x{Convert.ToHexStringLower(input[..Math.Min(input.Length, AbiWords.SelectorSizeBytes)])}; contracts/test/base/Vm.sol lists them");
            output.Set(function(new Arguments(call.Caller, input[AbiWords.SelectorSizeBytes..].ToArray())));
            return FrameStatus.Success;
        }
        catch (CheatcodeException error)
        {
            output.Set(Error(error.Message));
            return FrameStatus.Revert;
        }
    }

    public Address CallerOf(int depth, CallKind kind, in Address caller, in Address callee)
    {
        _callerDepth = depth;
        if (callee == At) return caller;
        foreach (ExpectedLog expected in _expectedLogs) expected.Fill(State.Logs);
        if (_expectedRevert is { } revert) revert.DeepestFrame = Math.Max(revert.DeepestFrame, depth + 1);
        if (_pranks.Find(p => p.Depth == depth) is not { } prank || prank.Pranker != caller) return caller;
        prank.IsUsed = true;
        State.WarmAccount(State.GetAccount(prank.Sender));
        return prank.Sender;
    }

    public void OnReturn(ref CallReturn result)
    {
        bool isCreate = result.Kind is CallKind.Create or CallKind.Create2;
        if (result.CodeAddress == At && !isCreate) return;
        int callerDepth = result.Depth - 1;
        if (_pranks.Find(p => p.Depth == callerDepth) is { IsSingle: true } prank)
        {
            if (isCreate) _pranks.Clear();
            else _pranks.Remove(prank);
        }
        if (_expectedRevert is { } revert && callerDepth <= revert.Depth)
        {
            _expectedRevert = null;
            if (revert.Problem(result) is { } problem)
            {
                result.Replace(FrameStatus.Revert, Error(problem));
                return;
            }
            // revm hands the refund counter of a frame on by the result its caller sees.
            State.AddRefund(result.UndoneRefund);
            result.Replace(FrameStatus.Success, isCreate ? [] : ReturnOfExpectedFailure, CreatedByExpectedFailure);
            return;
        }
        bool isOutermost = result.Depth == 0;
        if (result.Status != FrameStatus.Success || result.IsStatic || !_expectedLogs.Exists(e => isOutermost || e.Depth == callerDepth)) return;
        if (!AllEmitted()) result.Replace(FrameStatus.Revert, Error("log != expected log"));
        _expectedLogs.Clear();
    }

    private byte[] StartPrank(Arguments arguments, bool isSingle)
    {
        State.WarmAccount(State.GetAccount(arguments.Address(0)));
        if (_pranks.FindLast(p => p.Depth <= _callerDepth) is { } current)
        {
            if (!current.IsUsed) throw new CheatcodeException("cannot overwrite a prank until it is applied at least once");
            if (current.IsSingle != isSingle) throw new CheatcodeException("cannot override an ongoing prank with a single vm.prank; use vm.startPrank to override the current prank");
        }
        StopPrank();
        _pranks.Add(new Prank(_callerDepth, arguments.Caller, arguments.Address(0), isSingle));
        // By depth, so that the last one at or above a depth is the innermost.
        _pranks.Sort((a, b) => a.Depth.CompareTo(b.Depth));
        return [];
    }

    private byte[] StopPrank()
    {
        _pranks.RemoveAll(p => p.Depth == _callerDepth);
        return [];
    }

    private byte[] MoveTo(ulong number, ulong timestamp)
    {
        _world.MoveTo(number, timestamp);
        return [];
    }

    private byte[] ExpectRevert(byte[]? data)
    {
        if (_expectedRevert is not null) throw new CheatcodeException("you must call another function prior to expecting a second revert");
        _expectedRevert = new ExpectedRevert(_callerDepth, data) { DeepestFrame = _callerDepth };
        return [];
    }

    private byte[] ExpectEmit(Arguments arguments)
    {
        _expectedLogs.Add(new ExpectedLog(_callerDepth, [true, .. Enumerable.Range(0, 3).Select(arguments.IsTrue)], arguments.IsTrue(3), State.Logs.Count));
        return [];
    }

    private byte[] Etch(Arguments arguments)
    {
        AccountEntry account = State.GetAccount(arguments.Address(0));
        State.WarmAccount(account);
        // Native modules, where a world has them, stay what they are.
        if (!_world.IsModule(account.Address)) State.SetCode(account, arguments.Bytes(1));
        return [];
    }

    private byte[] Store(Arguments arguments)
    {
        AccountEntry account = State.GetAccount(arguments.Address(0));
        SlotEntry slot = State.GetSlot(account, arguments.Word(1));
        State.WarmAccount(account);
        State.WarmSlot(slot);
        State.SetStorage(slot, arguments.Word(2));
        return [];
    }

    private byte[] Deal(Arguments arguments)
    {
        AccountEntry account = State.GetAccount(arguments.Address(0));
        State.WarmAccount(account);
        State.SetBalance(account, arguments.Word(1));
        return [];
    }

    private byte[] Sign(Arguments arguments)
    {
        if (!Secp256k1.TrySign(arguments.Words.AsSpan(32, 32), arguments.Key(0), out TransactionSignature signature)) throw new CheatcodeException("the private key must be in 1 to n - 1");
        return AbiValue.Encode(AbiValue.Of((UInt256)(27UL + signature.YParity)), AbiValue.Of(signature.R), AbiValue.Of(signature.S));
    }

    private static Address AddressOf(byte[] key)
    {
        byte[] publicKey = new byte[64];
        return Secp256k1.TryGetPublicKey(key, publicKey) ? Secp256k1.AddressOf(publicKey) : throw new CheatcodeException("the private key must be in 1 to n - 1");
    }

    private bool AllEmitted()
    {
        int next = _expectedLogs.Max(e => e.Index) + 1;
        foreach (ExpectedLog expected in _expectedLogs)
        {
            while (next < State.Logs.Count && !expected.Matches(State.Logs[next])) next++;
            if (next++ >= State.Logs.Count) return false;
        }
        return true;
    }

    private static byte[] Error(string message) => AbiValue.Call("CheatcodeError(string)", AbiValue.Of(message));

    private sealed class CheatcodeException(string message) : Exception(message);

    /// <summary>Calls of a frame in another's name.</summary>
    internal sealed record Prank(int Depth, Address Pranker, Address Sender, bool IsSingle)
    {
        public bool IsUsed { get; set; }
    }

    private sealed record ExpectedRevert(int Depth, byte[]? Data)
    {
        private static readonly uint[] TextErrors = [AbiWords.Selector("Error(string)"), AbiWords.Selector("CheatcodeError(string)")];

        public int DeepestFrame { get; set; }

        /// <summary>What is wrong with a call that was to fail; null for nothing.</summary>
        public string? Problem(in CallReturn result)
        {
            if (DeepestFrame <= Depth) return "call didn't revert at a lower depth than cheatcode call depth";
            if (result.Status == FrameStatus.Success) return "next call did not revert as expected";
            if (Data is null) return null;
            if (Data.Length > 0 && result.Output.IsEmpty) return "call reverted as expected, but without data";
            ReadOnlySpan<byte> actual = Unwrapped(result.Output);
            return actual.SequenceEqual(Data) || actual.SequenceEqual(Unwrapped(Data))
                ? null
                : $"Error != expected error: 0x{Convert.ToHexStringLower(result.Output)} != 0x{Convert.ToHexStringLower(Data)}";
        }

        /// <summary>The text of an <c>Error(string)</c>, other data as it is.</summary>
        private static ReadOnlySpan<byte> Unwrapped(ReadOnlySpan<byte> data)
        {
            if (data.Length < AbiWords.SelectorSizeBytes + 64 || !TextErrors.Contains(BinaryPrimitives.ReadUInt32BigEndian(data))) return data;
            return new Arguments(default, data[AbiWords.SelectorSizeBytes..].ToArray()).Bytes(0);
        }
    }

    /// <summary>An event to come: the first log after the cheatcode shows how it shall look.</summary>
    private sealed record ExpectedLog(int Depth, bool[] ComparesTopic, bool ComparesData, int Index)
    {
        private LogEntry? _model;

        public void Fill(IReadOnlyList<LogEntry> logs)
        {
            if (_model is null && logs.Count > Index) _model = logs[Index];
        }

        public bool Matches(LogEntry log) => _model is { } model
            && log.Topics.Count == model.Topics.Count
            && Enumerable.Range(0, log.Topics.Count).All(i => !ComparesTopic[i] || log.Topics[i] == model.Topics[i])
            && (!ComparesData || log.Data.Span.SequenceEqual(model.Data.Span));
    }

    /// <summary>Arguments of a cheatcode, after the selector.</summary>
    private sealed record Arguments(Address Caller, byte[] Words)
    {
        public UInt256 Word(int index) => UInt256.FromBigEndian(At(index * 32, 32));

        public byte[] Key(int index) => At(index * 32, 32).ToArray();

        public Address Address(int index) => AbiWords.ToAddress(Word(index));

        public bool IsTrue(int index) => !Word(index).IsZero;

        public ulong UInt64(int index, string what) =>
            Word(index) is { FitsUInt64: true } word ? word.U0 : throw new CheatcodeException($"the {what} {Word(index)} is beyond 64 bits, the most a block has here");

        public byte[] Bytes(int index)
        {
            int offset = Offset(Word(index));
            int size = Offset(UInt256.FromBigEndian(At(offset, 32)));
            return At(offset + 32, size).ToArray();
        }

        private int Offset(in UInt256 word) => word <= (UInt256)(ulong)Words.Length ? (int)word.U0 : throw Short();

        private ReadOnlySpan<byte> At(int start, int size) => start + size <= Words.Length ? Words.AsSpan(start, size) : throw Short();

        private static CheatcodeException Short() => new("the arguments are cut short");
    }
}
