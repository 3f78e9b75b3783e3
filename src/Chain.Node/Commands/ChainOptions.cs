using System.CommandLine;
using System.Runtime.InteropServices;
using Chain.Node.Chains;

namespace Chain.Node.Commands;

/// <summary>The options of every command that works on a chain's data folder.</summary>
internal sealed class ChainOptions
{
    public Option<string?> Genesis { get; } = new("--genesis") { Description = "Genesis file (geth format). Default: the one stored in the data folder.", HelpName = "FILE" };

    public Option<string> Folder { get; } = new("--datadir")
    {
        Description = "Data folder of the chain; that of 'chain dev' works too.",
        DefaultValueFactory = _ => ChainFolder.DefaultPath("chain"),
        HelpName = "DIR",
    };

    public Option<string?> Upgrade { get; } = new("--upgrade")
    {
        Description = "Scheduled changes of the native modules. Default: upgrade.json beside the genesis file, else the one stored in the data folder.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Add(Genesis);
        command.Add(Upgrade);
        command.Add(Folder);
    }

    /// <summary>Opens the chain of the folder, which has to hold one.</summary>
    public OpenChain Open(ParseResult result) => OpenChain.Existing(ChainFolder.Existing(result.GetValue(Folder)!), result.GetValue(Genesis), result.GetValue(Upgrade));

    /// <summary>Opens the chain of the folder, and makes it first where there is none.</summary>
    public OpenChain Create(ParseResult result, StorageSettings storage) =>
        OpenChain.Create(ChainFolder.Create(result.GetValue(Folder)!), result.GetValue(Genesis), storage, result.GetValue(Upgrade));
}

/// <summary>A request to stop from the keyboard or the system, which a command answers at its next step; a second one ends the process as usual.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    public StopSignal()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    }

    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _stop.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        if (_stop.IsCancellationRequested) return;
        context.Cancel = true;
        _stop.Cancel();
    }
}
