using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Core.State;

/// <summary>
/// The state at one block, read only: all that execution knows of databases and tries. Implementations are safe for concurrent readers.
/// </summary>
public interface IStateReader
{
    /// <summary>Reads an account; false when it does not exist.</summary>
    bool TryGetAccount(in Address address, out Account account);

    /// <summary>Reads a storage slot; zero when it is not set.</summary>
    UInt256 GetStorage(in Address address, in UInt256 slot);

    /// <summary>Reads code by its hash; empty for the hash of the empty string.</summary>
    /// <exception cref="InvalidDataException">The hash is referenced by an account but its code is not stored: the database is damaged.</exception>
    ReadOnlyMemory<byte> GetCode(in Hash256 codeHash);
}
