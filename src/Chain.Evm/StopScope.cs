namespace Chain.Evm;

/// <summary>The time in which a token may stop a machine; ended by disposing it.</summary>
public readonly struct StopScope : IDisposable
{
    private readonly VirtualMachine? _machine;
    private readonly CancellationTokenRegistration _registration;

    internal StopScope(VirtualMachine machine, CancellationTokenRegistration registration)
    {
        _machine = machine;
        _registration = registration;
    }

    /// <summary>The machine can be used again, whether it was stopped or not.</summary>
    public void Dispose()
    {
        // Waits for a stop that is being written: none comes after it.
        _registration.Dispose();
        _machine?.EndStop();
    }
}
