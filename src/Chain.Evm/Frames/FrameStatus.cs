namespace Chain.Evm.Frames;

/// <summary>How a frame ended. All but <see cref="Success"/> undo the frame's changes; all but the first two consume its gas.</summary>
public enum FrameStatus : byte
{
    /// <summary>STOP, RETURN, SELFDESTRUCT, or the end of the code.</summary>
    Success,

    /// <summary>REVERT: unused gas and data go back to the caller.</summary>
    Revert,

    /// <summary>Out of gas.</summary>
    OutOfGas,

    /// <summary>Too few items on the stack.</summary>
    StackUnderflow,

    /// <summary>More than 1,024 items on the stack.</summary>
    StackOverflow,

    /// <summary>Jump to a byte that is no JUMPDEST.</summary>
    InvalidJump,

    /// <summary>Undefined opcode, or INVALID.</summary>
    InvalidOpcode,

    /// <summary>State change in a static frame.</summary>
    WriteProtection,

    /// <summary>RETURNDATACOPY past the end.</summary>
    ReturnDataOutOfBounds,

    /// <summary>The new contract's address is taken (EIP-684, EIP-7610).</summary>
    AddressCollision,

    /// <summary>Deployed code begins with 0xEF (EIP-3541).</summary>
    InvalidCodePrefix,

    /// <summary>Deployed code is too long (EIP-170).</summary>
    CodeSizeExceeded,

    /// <summary>A precompile refused its input.</summary>
    PrecompileFailure,

    /// <summary>Call depth of 1,024 reached: the call fails without running.</summary>
    CallDepthExceeded,

    /// <summary>Balance below the value sent: the call fails without running.</summary>
    InsufficientBalance,

    /// <summary>Nonce of the creator is 2^64 - 1: the creation fails without running.</summary>
    NonceOverflow,

    /// <summary>Stopped from outside (<see cref="VirtualMachine.StopOn"/>): no result of the protocol, never seen by a block.</summary>
    Stopped,
}

/// <summary>How a frame was entered.</summary>
public enum CallKind : byte
{
    /// <summary>CALL, or a message transaction.</summary>
    Call,

    /// <summary>CALLCODE.</summary>
    CallCode,

    /// <summary>DELEGATECALL.</summary>
    DelegateCall,

    /// <summary>STATICCALL.</summary>
    StaticCall,

    /// <summary>CREATE, or a creation transaction.</summary>
    Create,

    /// <summary>CREATE2.</summary>
    Create2,
}
