using Chain.Compliance.Abi;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Node.Predeploys;

namespace Chain.Contracts.Tests.Runner;

/// <summary>Calls of one function of a handler.</summary>
internal sealed class CallCount
{
    public int Calls { get; set; }

    public int Succeeded { get; set; }
}

/// <summary>
/// Random sequences of calls of a test contract's targets (<c>targetContracts()</c>), each from the state after <c>setUp</c> and each call a transaction of a sender of its own; the
/// invariants are checked before and after every call. The same sequences for the same seed.
/// </summary>
internal sealed class InvariantCampaign
{
    private const int WordSizeBytes = 32;

    // A function that needs a rare past gets this many times the sequences to succeed once.
    private const int MoreRunsMax = 8;

    private readonly TestSuite _suite;
    private readonly List<(Address Target, string Name, AbiFunction Function)> _functions = [];
    private readonly Dictionary<string, string?> _problems;
    private readonly SortedDictionary<string, CallCount> _counts = new(StringComparer.Ordinal);

    public InvariantCampaign(TestSuite suite, IEnumerable<string> invariants, int runs, int depth, int seed)
    {
        _suite = suite;
        _problems = invariants.ToDictionary(i => i, _ => (string?)null);
        suite.World.Restart();
        foreach (Address target in Targets()) AddFunctions(target);
        for (int run = 0; run < runs || (run < runs * MoreRunsMax && _counts.Values.Any(c => c.Succeeded == 0)); run++) RunSequence(depth, new ArgumentSource(seed + run));
    }

    /// <summary>Calls by function.</summary>
    public IReadOnlyDictionary<string, CallCount> Counts => _counts;

    /// <summary>How an invariant was broken; null when it held.</summary>
    public string? Problem(string invariant) => _problems[invariant];

    private void RunSequence(int depth, ArgumentSource source)
    {
        _suite.World.Restart();
        List<string> calls = [];
        Check(calls);
        for (int i = 0; i < depth; i++)
        {
            (Address target, string name, AbiFunction function) = _functions[source.Below(_functions.Count)];
            byte[] input = AbiValue.Call(function.Signature, source.Arguments(function.Types));
            Outcome outcome = _suite.World.Send(source.Address(), target, input);
            CallCount count = _counts[name];
            count.Calls++;
            if (outcome.Succeeded) count.Succeeded++;
            calls.Add($"{name} 0x{Convert.ToHexStringLower(input)}: {outcome.Status}");
            Check(calls);
        }
    }

    private void Check(List<string> calls)
    {
        foreach ((string invariant, string? problem) in _problems)
        {
            if (problem is not null) continue;
            Outcome outcome = _suite.World.Try(_suite.Address, AbiValue.Call(invariant));
            if (!outcome.Succeeded) _problems[invariant] = $"{outcome.Status}: {RevertText.Of(outcome.Output)} after\n{string.Join('\n', calls)}";
        }
    }

    private IEnumerable<Address> Targets()
    {
        byte[] output = _suite.World.Try(_suite.Address, AbiValue.Call("targetContracts()")).Output;
        for (int at = 2 * WordSizeBytes; at < output.Length; at += WordSizeBytes) yield return AbiWords.ToAddress(UInt256.FromBigEndian(output.AsSpan(at, WordSizeBytes)));
    }

    private void AddFunctions(Address target)
    {
        ReadOnlyMemory<byte> code = _suite.World.State.GetCode(_suite.World.State.GetAccount(target));
        Artifact artifact = Artifact.All.Values.First(a => a.IsCodeOf(code.Span));
        foreach (AbiFunction function in artifact.Functions.Where(f => f.ChangesState))
        {
            string name = $"{artifact.Name}.{function.Name}";
            _functions.Add((target, name, function));
            _counts[name] = new CallCount();
        }
    }
}
