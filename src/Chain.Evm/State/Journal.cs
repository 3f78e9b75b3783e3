using System.Runtime.CompilerServices;
using Chain.Core.Numeric;

namespace Chain.Evm.State;

/// <summary>What one journal entry undoes.</summary>
internal enum JournalKind : byte
{
    AccountAppeared,
    Balance,
    Nonce,
    Code,
    Created,
    Destroyed,
    Touched,
    AccountWarmed,
    StorageCleared,
    SlotValue,
    SlotOriginal,
    SlotWarmed,
    Refund,
    Log,
    Decision,
}

/// <summary>One change: what, of whom, and the value before.</summary>
internal struct JournalEntry
{
    public JournalKind Kind;
    public object? Target;
    public UInt256 Before;
}

/// <summary>The list of changes, oldest first; its array is kept from block to block.</summary>
internal sealed class Journal
{
    private JournalEntry[] _entries = new JournalEntry[256];

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>The entries.</summary>
    public ReadOnlySpan<JournalEntry> Entries => _entries.AsSpan(0, Count);

    /// <summary>Appends a change.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(JournalKind kind, object? target)
    {
        if (Count == _entries.Length) Grow();
        ref JournalEntry entry = ref _entries[Count++];
        entry.Kind = kind;
        entry.Target = target;
    }

    /// <summary>Appends a change with the value before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(JournalKind kind, object? target, in UInt256 before)
    {
        if (Count == _entries.Length) Grow();
        ref JournalEntry entry = ref _entries[Count++];
        entry.Kind = kind;
        entry.Target = target;
        entry.Before = before;
    }

    /// <summary>Removes and returns the last entry, in place until the next <see cref="Add(JournalKind, object?)"/>.</summary>
    public ref readonly JournalEntry Pop() => ref _entries[--Count];

    /// <summary>Forgets all entries.</summary>
    public void Clear() => Count = 0;

    private void Grow() => Array.Resize(ref _entries, _entries.Length * 2);
}
