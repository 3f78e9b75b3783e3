namespace Chain.Rpc.Model;

/// <summary>What can go wrong in a method besides bad arguments; each has its code and texts in <see cref="Docs.FaultTable"/>.</summary>
[Flags]
public enum RpcFaults
{
    /// <summary>Nothing else.</summary>
    None = 0,

    /// <summary>The block is not here.</summary>
    Block = 1,

    /// <summary>The block is not here, or the state after it is no longer kept.</summary>
    State = 2,

    /// <summary>The code reverted.</summary>
    Revert = 4,

    /// <summary>The execution was refused or halted.</summary>
    Execution = 8,

    /// <summary>The pool refused the transaction.</summary>
    Pool = 16,

    /// <summary>The block or transaction cannot be executed again, or the tracer is unknown.</summary>
    Trace = 32,

    /// <summary>A limit was passed.</summary>
    Limit = 64,

    /// <summary>The filter is not here.</summary>
    Filter = 128,

    /// <summary>The key of the account is not here.</summary>
    Account = 256,

    /// <summary>The connection cannot be pushed to.</summary>
    Push = 512,

    /// <summary>A rule of simulated blocks is broken.</summary>
    Simulation = 1_024,

    /// <summary>A rule of the Engine API is broken.</summary>
    Engine = 2_048,

    /// <summary>The node was started without what the method needs.</summary>
    Absent = 4_096,
}
