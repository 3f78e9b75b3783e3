using System.Runtime.CompilerServices;

namespace Chain.Core.Numeric;

public readonly partial struct UInt256
{
    /// <summary>True when a is below b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator <(in UInt256 a, in UInt256 b)
    {
        if (a.U3 != b.U3) return a.U3 < b.U3;
        if (a.U2 != b.U2) return a.U2 < b.U2;
        if (a.U1 != b.U1) return a.U1 < b.U1;
        return a.U0 < b.U0;
    }

    /// <summary>True when a is above b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator >(in UInt256 a, in UInt256 b) => b < a;

    /// <summary>True when a is at most b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator <=(in UInt256 a, in UInt256 b) => !(b < a);

    /// <summary>True when a is at least b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator >=(in UInt256 a, in UInt256 b) => !(a < b);

    /// <summary>True when equal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator ==(in UInt256 a, in UInt256 b) => ((a.U0 ^ b.U0) | (a.U1 ^ b.U1) | (a.U2 ^ b.U2) | (a.U3 ^ b.U3)) == 0;

    /// <summary>True when different.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator !=(in UInt256 a, in UInt256 b) => !(a == b);

    /// <summary>-1, 0 or 1 as a is below, equal to or above b.</summary>
    public static int Compare(in UInt256 a, in UInt256 b) => a < b ? -1 : a == b ? 0 : 1;

    /// <summary>The smaller value.</summary>
    public static UInt256 Min(in UInt256 a, in UInt256 b) => a < b ? a : b;

    /// <summary>The larger value.</summary>
    public static UInt256 Max(in UInt256 a, in UInt256 b) => a < b ? b : a;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(UInt256 other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is UInt256 other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => TableHash.Mix(U0, U1, U2, U3);

    /// <inheritdoc/>
    public int CompareTo(UInt256 other) => Compare(this, other);
}
