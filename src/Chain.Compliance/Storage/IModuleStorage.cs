using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;

namespace Chain.Compliance.Storage;

/// <summary>
/// What a module's writing functions work on. They alternate between tests, whose gas falls due at once, and effects, whose gas falls due when the call succeeds
/// (compliance specification, section 1.1, steps 9 and 10).
/// </summary>
public interface IModuleStorage : ISlotReader
{
    /// <summary>True once gas has run out: reads answer zero from then on, and loops may stop.</summary>
    bool IsExhausted { get; }

    /// <summary>Gas of what follows falls due at once.</summary>
    void BeginTests();

    /// <summary>Gas of what follows falls due in step 10, and only if the call succeeds.</summary>
    void BeginEffects();

    /// <summary>Sets a slot.</summary>
    void Write(in UInt256 slot, in UInt256 value);

    /// <summary>True when the account has code; a delegation designator (EIP-7702) does not count.</summary>
    bool HasCode(in Address account);

    /// <summary>Takes gas.</summary>
    void Charge(ulong gas);

    /// <summary>Makes an account a contract of nonce 1 with this code, warm from then on; its balance stays. Costs what a deployment costs, due in step 10.</summary>
    void Deploy(in Address account, byte[] code);

    /// <summary>Appends a log of the module.</summary>
    void Log(LogEntry log);
}
