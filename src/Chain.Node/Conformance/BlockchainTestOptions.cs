using Chain.Evm;

namespace Chain.Node.Conformance;

/// <summary>What blockchain or engine tests to run, and how.</summary>
public sealed record BlockchainTestOptions
{
    /// <summary>Folder of tests, searched with its subfolders; or one file.</summary>
    public required string Folder { get; init; }

    /// <summary>Dispatchers under which every case runs.</summary>
    public IReadOnlyList<DispatcherKind> Dispatchers { get; init; } = [DispatcherKind.Loop, DispatcherKind.TailCalls];

    /// <summary>Only cases whose name contains this; null for all.</summary>
    public string? Filter { get; init; }

    /// <summary>Where to write the JSON report; null for nowhere.</summary>
    public string? JsonReportPath { get; init; }

    /// <summary>Folder in which each case gets a RocksDB database of its own while it runs; null for a store in memory.</summary>
    public string? RocksDbFolder { get; init; }

    /// <summary>Files in work at the same time.</summary>
    public int Workers { get; init; } = 2;
}
