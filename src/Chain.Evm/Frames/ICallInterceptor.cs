using Chain.Core.Primitives;

namespace Chain.Evm.Frames;

/// <summary>
/// Stands between the frames of a machine and may alter their calls: what a runner of test code needs (calls in another's name, failures that are expected).
/// Unlike a tracer it works with every dispatcher; without one a call costs one test more. Calls that fail before a frame begins (no balance, too deep) return untold.
/// </summary>
public interface ICallInterceptor
{
    /// <summary>
    /// A frame is about to call or create, and has paid for it: in whose name? That account is CALLER of the callee, pays the value, and is the creator of a contract.
    /// </summary>
    /// <param name="depth">Depth of the calling frame, 0 for the outermost.</param>
    /// <param name="kind">How it calls.</param>
    /// <param name="caller">CALLER of the callee by the protocol.</param>
    /// <param name="callee">The account called; zero for a creation.</param>
    Address CallerOf(int depth, CallKind kind, in Address caller, in Address callee);

    /// <summary>A frame ended: its changes are undone already unless it succeeded, its gas is settled. What its caller sees may be replaced.</summary>
    void OnReturn(ref CallReturn result);
}

/// <summary>How a frame ended, for its caller.</summary>
public ref struct CallReturn
{
    /// <summary>Depth of the frame that ended, 0 for the outermost.</summary>
    public required int Depth { get; init; }

    /// <summary>How it was entered.</summary>
    public required CallKind Kind { get; init; }

    /// <summary>The account called, whose code ran; for a creation the new one.</summary>
    public required Address CodeAddress { get; init; }

    /// <summary>True for a static frame.</summary>
    public required bool IsStatic { get; init; }

    /// <summary>What its undoing took from the refund counter.</summary>
    public required long UndoneRefund { get; init; }

    /// <summary>Status.</summary>
    public required FrameStatus Status { get; init; }

    /// <summary>Return or revert data.</summary>
    public required ReadOnlySpan<byte> Output { get; init; }

    internal Replacement? Replaced { get; private set; }

    /// <summary>Gives the caller another result; what the frame did to the state stays done or undone, and its gas stays spent.</summary>
    /// <param name="status">Status.</param>
    /// <param name="output">Return or revert data.</param>
    /// <param name="created">The contract, where a creation is to look successful.</param>
    public void Replace(FrameStatus status, byte[] output, in Address created = default) => Replaced = new Replacement(status, output, created);

    /// <summary>A result in place of the frame's own.</summary>
    internal sealed record Replacement(FrameStatus Status, byte[] Output, Address Created);
}
