using Chain.Compliance.Abi;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm.Frames;

namespace Chain.Compliance.Tests.Mirror;

/// <summary>Draws calls of one module from small pools, so that they meet, and spoils some of them.</summary>
internal abstract class OperationSource(Random random)
{
    /// <summary>The source of chance: seeded.</summary>
    protected Random Random { get; } = random;

    /// <summary>Calls of a sequence.</summary>
    public virtual int Operations => 40;

    /// <summary>Longest usual time between blocks, seconds.</summary>
    public virtual int BlockSecondsMax => 60;

    /// <summary>One block in so many comes much later.</summary>
    public virtual int BlocksPerJump => 8;

    /// <summary>A call: most often of this module, and most often well formed.</summary>
    public ModuleOperation Next(ulong now)
    {
        ModuleOperation operation = Draw(now) with { BeginsTransaction = Random.Next(4) != 0, ProbesGas = Random.Next(6) == 0 };
        // A facade is no module: what lies behind it is called by STATICCALL alone.
        if (!MirrorCode.Contracts.ContainsKey(operation.Module)) return operation;
        return Random.Next(16) switch
        {
            0 => Spoil(operation),
            1 => Random.Next(4) switch
            {
                0 => operation with { Kind = CallKind.DelegateCall },
                1 => operation with { Kind = CallKind.CallCode },
                2 => operation with { Value = 1 },
                _ => operation with { Kind = CallKind.StaticCall },
            },
            _ => operation,
        };
    }

    /// <summary>Gets the accounts ready that the calls name.</summary>
    public virtual void Prepare(MirrorPair pair)
    {
    }

    protected abstract ModuleOperation Draw(ulong now);

    protected static ModuleOperation Call(Address module, Address caller, string signature, params object[] arguments) =>
        new(module, caller, World.Encode(signature, arguments), signature);

    protected T Pick<T>(params IReadOnlyList<T> items) => items[Random.Next(items.Count)];

    /// <summary>True once in so many.</summary>
    protected bool OneIn(int times) => Random.Next(times) == 0;

    protected Hash256 AnyHash() => Random.Next(3) switch { 0 => default, 1 => AbiWords.ToHash((ulong)Random.Next(3)), _ => AbiWords.ToHash(AnyWord()) };

    protected UInt256 AnyWord()
    {
        byte[] bytes = new byte[32];
        Random.NextBytes(bytes);
        return UInt256.FromBigEndian(bytes) >> Random.Next(256);
    }

    protected T[] Many<T>(int max, Func<T> draw) => [.. Enumerable.Range(0, Random.Next(max + 1)).Select(_ => draw())];

    /// <summary>Truncated, lengthened, with a byte changed, a word made large, or words that point at one another.</summary>
    private ModuleOperation Spoil(ModuleOperation operation)
    {
        byte[] input = [.. operation.Input];
        int words = (input.Length - 4) / 32;
        switch (Random.Next(6))
        {
            case 0:
                input = input[..Random.Next(input.Length)];
                break;
            case 1:
                byte[] more = new byte[Random.Next(70)];
                Random.NextBytes(more);
                input = [.. input, .. more];
                break;
            case 2:
                input[Random.Next(input.Length)] ^= (byte)(1 << Random.Next(8));
                break;
            case 3 when words > 0:
                input.AsSpan(4 + (32 * Random.Next(words)), Random.Next(1, 33)).Fill(0xff);
                break;
            case 4 when words > 0:
                new UInt256((ulong)(32 * Random.Next(words + 2))).WriteBigEndian(input.AsSpan(4 + (32 * Random.Next(words)), 32));
                break;
            default:
                Random.NextBytes(input.AsSpan(0, Math.Min(4, input.Length)));
                break;
        }
        return operation with { Input = input, Name = operation.Name + " spoiled" };
    }
}
