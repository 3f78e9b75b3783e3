namespace Chain.Core.Rlp;

/// <summary>Why bytes are not the RLP that was expected.</summary>
public enum RlpError : byte
{
    /// <summary>No error.</summary>
    None,

    /// <summary>An item reaches past its list or the input.</summary>
    UnexpectedEnd,

    /// <summary>A list, or the input, has fewer items than expected.</summary>
    EndOfList,

    /// <summary>A list has items, or the input bytes, that nobody reads.</summary>
    TrailingBytes,

    /// <summary>A length or a single byte is not in its shortest form.</summary>
    NotCanonical,

    /// <summary>A list stands where a string is expected.</summary>
    ExpectedString,

    /// <summary>A string stands where a list is expected.</summary>
    ExpectedList,

    /// <summary>A string has another length than its type.</summary>
    WrongLength,

    /// <summary>An integer has leading zeros.</summary>
    LeadingZero,

    /// <summary>An integer is too large for its field.</summary>
    IntegerTooLarge,

    /// <summary>Lists are nested deeper than <see cref="RlpReader.DepthMax"/>.</summary>
    TooDeep,

    /// <summary>A field's value is outside its domain.</summary>
    InvalidValue,
}
