using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Evm.Frames;

namespace Chain.Evm.Precompiles;

/// <summary>A contract that the protocol runs natively. Either <see cref="IPrecompile"/> or <see cref="IStatefulPrecompile"/>.</summary>
public interface INativeContract
{
    /// <summary>Its address.</summary>
    Address Address { get; }

    /// <summary>Its name as EIP-7910 (eth_config) writes it, such as <c>ECREC</c>.</summary>
    string Name { get; }
}

/// <summary>A pure precompile: bytes in, bytes out, no state.</summary>
public interface IPrecompile : INativeContract
{
    /// <summary>Gas for this input; <see cref="ulong.MaxValue"/> when no gas could pay for it.</summary>
    ulong GasCost(ReadOnlySpan<byte> input, ForkRules rules);

    /// <summary>Runs it and writes the output; false is a failure that consumes all gas. Called only after <see cref="GasCost"/> was paid.</summary>
    bool Run(ReadOnlySpan<byte> input, ForkRules rules, OutputBuffer output);
}

/// <summary>A native module with state: sees its caller, the value and the call kind, reads and writes journaled slots, emits logs.</summary>
public interface IStatefulPrecompile : INativeContract
{
    /// <summary>Runs one call as one frame; the caller of this method has taken a snapshot and undoes state, logs and refunds unless the result is a success.</summary>
    FrameStatus Run(ref NativeCall call, ReadOnlySpan<byte> input, OutputBuffer output);
}
